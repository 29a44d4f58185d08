using System.Net;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Elements;
using Tongxiang.Evidence;
using Tongxiang.Gateway.Query;
using Tongxiang.Gateway.Verify;
using Tongxiang.Kernel;
using Tongxiang.Protect;
using Tongxiang.Share;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway;

/// <summary>A right of use that an officer can look something up under.</summary>
/// <param name="Key">The fields that name one row.</param>
/// <param name="Name">A name that may be given besides, so that a mistyped number does not show somebody else.</param>
public sealed record LookUpChoice(Grant Grant, Entry Entry, IReadOnlyList<Field> Key, Field? Name);

/// <summary>What an officer asks.</summary>
public sealed record LookUpWish(Id<Grant> Grant, string Case, IReadOnlyDictionary<string, string> Key, string? Name);

/// <summary>One field of the row in the form that the right gives it.</summary>
public sealed record LookUpCell(Field Field, string? Text, bool IsMasked);

/// <summary>The answer: no cells when there is no such row; a stop when it was refused.</summary>
public sealed record LookUpAnswer(Stop? Stop, IReadOnlyList<LookUpCell> Cells, Receipt? Receipt, long Version, DateTimeOffset At)
{
    /// <summary>Corrections of this row: whether made since, and the fields they are about (none: the record as a whole).</summary>
    public IReadOnlyList<(bool IsCorrected, IReadOnlyList<string> Fields)> Corrections { get; init; } = [];
}

/// <summary>A look-up of today, as its evidence says.</summary>
public sealed record LookUpPast(long Index, DateTimeOffset At, string Resource, string? Case, string? Grant, long Rows, string? Code);

/// <summary>The look-up of one row by an officer who is signed in (查询窗口): the steps of every call, with the officer as the operator.</summary>
public sealed class LookUps(Calls calls, Grants grants, Catalogue catalogue, Versions versions, Openings openings, GatewaySources sources, TimeProvider clock, IdentitySettings? identity = null)
{
    public const string Form = "lookup";

    private const int mostPages = 4;

    /// <summary>What the officer can look up now: rights of the own organisation that admit the officer's role, with the key of the resource in clear.</summary>
    public IReadOnlyList<LookUpChoice> Choices(Caller caller)
    {
        if (caller.Person is null) return [];
        var now = clock.GetUtcNow();
        var own = grants.Active.All.Where(g => (g.ConsumerAgency is { } agency ? agency == caller.Agency : g.ConsumerPerson == caller.Person) && g.IsUsable(now) && g.IsUsableBy(caller) && g.Modes.Contains(Mode.Api));
        return [.. own.Select(Choice).OfType<LookUpChoice>().OrderBy(c => c.Entry.Content.Name, StringComparer.Ordinal).ThenBy(c => c.Grant.Number, StringComparer.Ordinal)];
    }

    /// <summary>Asks for the row. What was typed goes into the query and nowhere else.</summary>
    public async Task<Outcome<LookUpAnswer>> Ask(Caller caller, IPAddress? address, LookUpWish wish, CancellationToken ct)
    {
        if (Choices(caller).FirstOrDefault(c => c.Grant.Id == wish.Grant) is not { } choice) return Refusal.NotFound(wish.Grant.ToString());
        // Whoever sees personal data has proved himself twice, where the node asks for it.
        if (Demands.NeedsCase(choice.Grant, choice.Entry.Content) && SecondFactorRules.ForPersonalData(identity?.SecondFactor ?? SecondFactorUse.Off, caller) is { } weak) return weak;
        if (Wrong(choice, wish) is { Length: > 0 } wrong) return Refusal.Invalid(wrong);
        var call = new Call
        {
            Resource = choice.Entry.Slug,
            Query = new QueryText("?limit=2"),
            Caller = caller,
            // The node itself has signed the officer in; a header key would say less, a key in the officer's hand more.
            Assurance = Assurance.SignedAssertion,
            Address = address,
            Context = new CallPurpose(choice.Grant.Matter, wish.Case.Trim(), caller.Person!.ToString())
            {
                OperatorAssurance = Operators.OwnSession,
                IsOwnOperator = true,
            },
            Form = Form,
            Under = choice.Grant.Id,
            Adjust = (scope, plan) => Narrow(choice, wish, scope, plan),
            At = clock.GetUtcNow(),
        };
        var stop = await DataFace.Try(calls, sources, call, ct);
        using var page = call.Page;
        return new LookUpAnswer(stop, stop is null && page!.Rows > 0 ? [.. Cells(call, page)] : [], call.Receipt, call.Version?.Number ?? 0, call.At)
        {
            Corrections = stop is null ? CorrectionHeader.OfRow(call, page!) : [],
        };
    }

    /// <summary>The caller's own look-ups of this day, newest first; kept nowhere but in the evidence.</summary>
    public async Task<IReadOnlyList<LookUpPast>> Today(Caller caller, int most, CancellationToken ct)
    {
        if (caller.Agency is not { } agency) return [];
        var query = new OpeningQuery { Agency = agency.ToString(), From = WorkCalendar.Begin(WorkCalendar.Day(clock.GetUtcNow())), Limit = 500 };
        var found = new List<LookUpPast>();
        for (var round = 0; round < mostPages && found.Count < most; round++)
        {
            var page = await openings.List(new OpeningReader(agency.ToString()), query, ct);
            found.AddRange(page.Items.Where(o => o.Happening.Actor == caller.Actor && o.Happening.Facts.GetValueOrDefault("form") == Form).Select(Past));
            if (page.Next is null) break;
            query = query with { After = page.Next };
        }

        return [.. found.Take(most)];
    }

    private LookUpChoice? Choice(Grant grant)
    {
        if (catalogue.Find(grant.Entry) is not { } entry || versions.Current(entry.Id) is not { Key.Count: > 0 } version) return null;
        var clear = grant.Fields.Where(f => f.Form == FieldForm.Plain).Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        if (!version.Key.All(clear.Contains)) return null;
        var name = version.Columns.FirstOrDefault(f => f.Element == ElementKind.PersonName.Code() && clear.Contains(f.Name) && !version.Key.Contains(f.Name));
        return new LookUpChoice(grant, entry, [.. version.Key.Select(k => version.Columns.First(f => f.Name == k))], name);
    }

    private static FieldError[] Wrong(LookUpChoice choice, LookUpWish wish) =>
    [
        .. CallContext.Takes(wish.Case.Trim()) ? [] : new[] { new FieldError("case", "gateway.lookup-case") },
        .. choice.Key.Where(f => Value(choice, wish, f) is null).Select(f => new FieldError("key." + f.Name, "gateway.lookup-key", f.Title, Literals.Example(f))),
        .. wish.Name is { Length: > 0 } name && !CallContext.Takes(name) ? new[] { new FieldError("name", "gateway.lookup-name") } : [],
    ];

    private static Outcome<Plan> Narrow(LookUpChoice choice, LookUpWish wish, QueryScope scope, Plan plan)
    {
        var parts = choice.Key.Select(f => Value(choice, wish, f)!).ToList();
        if (wish.Name is { Length: > 0 } name && choice.Name is { } field) parts.Add(Predicate.On(field, PlanOperator.Eq, ClaimForms.Of(field, name)));
        // What the right gives masked cannot narrow: the key must have stayed in clear until this moment.
        return choice.Key.All(f => scope.Find(f.Name) is { IsMasked: false }) ? plan with { Where = Predicate.All(parts) } : new Refusal(409, "gateway.lookup-key-hidden", choice.Grant.Number);
    }

    private static Predicate? Value(LookUpChoice choice, LookUpWish wish, Field field) =>
        wish.Key.GetValueOrDefault(field.Name) is { } text && CallContext.Takes(text) ? Literals.Compare(field, PlanOperator.Eq, ClaimForms.Of(field, text)) : null;

    private static IEnumerable<LookUpCell> Cells(Call call, ServedPage page) =>
        page.Columns.Select((column, i) => new LookUpCell(column.Field, page.Text(0, i), call.IsMasked(column)));

    private static LookUpPast Past(Evidence.Opening opening)
    {
        var facts = opening.Happening.Facts;
        return new LookUpPast(
            opening.Index, opening.Happening.At, facts.GetValueOrDefault("resource", ""), facts.GetValueOrDefault("case"), facts.GetValueOrDefault("grant"),
            long.TryParse(facts.GetValueOrDefault("rows"), out var rows) ? rows : 0, facts.GetValueOrDefault("code"));
    }
}
