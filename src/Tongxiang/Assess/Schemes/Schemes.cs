using System.Data.Common;
using System.Globalization;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Assess;

/// <summary>Appraisal schemes and scores (考核): drawn up, frozen for a period, computed with all that a reader needs to compute them again.</summary>
public sealed class Schemes(Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, RulePack rules, SupervisionReports reports)
{
    private static readonly Sql Columns = Part($"id, name, period, bureau, version, state, tree, rules, digest, revision, made_by, made_at, frozen_at");
    private static readonly Sql ScoreColumns = Part($"id, scheme, agency, issue, inputs, result, rules, digest, made_by, made_at, evidence");

    /// <summary>Draws up a scheme, or the next version of one; a scheme that rewards mere quantity is refused.</summary>
    public async Task<Outcome<Scheme>> Draft(Caller caller, NewScheme said, CancellationToken ct)
    {
        if (!Makes(caller) || caller.Agency is not { } bureau) return Refusal.Forbidden("assess.only-bureau");
        var now = clock.GetUtcNow();
        var rule = rules.Find(SchemeRules.Utilisation, WorkCalendar.Day(now));
        if (SchemeRules.Check(said, rule.Value!.Value) is { Count: > 0 } errors)
            return errors.Any(e => e.Key == "assess.field.utilisation") ? new Refusal(422, "assess.utilisation", errors[0].Args) { Fields = errors } : Refusal.Invalid([.. errors]);
        return await db.Commit<Outcome<Scheme>>(async tx =>
        {
            var version = await tx.Next($"assess.scheme.{bureau}.{said.Period}.{FindingBook.Digest(said.Name.Trim())[..16]}");
            var text = FindingRows.Json(said.Tree);
            var scheme = new Scheme(Id<Scheme>.New(clock), said.Name.Trim(), said.Period, bureau, version, SchemeState.Draft, said.Tree, RulePack.Version, FindingBook.Digest(text), 1, caller.Actor, now, null);
            await tx.Run(
                $"""
                insert into assess_scheme (id, name, period, bureau, version, state, tree, rules, digest, revision, made_by, made_at)
                values ({scheme.Id}, {scheme.Name}, {scheme.Period}, {bureau}, {version}, {scheme.State}, {text}, {scheme.Rules}, {scheme.Digest}, {1}, {caller.Actor}, {now})
                """);
            await Prove(tx, "assess.scheme-drafted", caller, scheme, now);
            return scheme;
        }, ct);
    }

    /// <summary>Freezes it for its period: from here on scores are computed by it, and it never changes.</summary>
    public async Task<Outcome<Scheme>> Freeze(Caller caller, Id<Scheme> id, long seen, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { } scheme) return Refusal.NotFound("scheme");
        if (!(Makes(caller) && caller.Has(Role.BureauHead))) return Refusal.Forbidden("assess.scheme-head");
        if (scheme.State == SchemeState.Frozen) return Refusal.Conflict("assess.scheme-frozen", scheme.Name, scheme.Period, scheme.Version);
        var now = clock.GetUtcNow();
        return await db.Commit<Outcome<Scheme>>(async tx =>
        {
            // Two versions frozen at once would measure one period by two rules: the first one's row is waited for.
            await tx.Next($"assess.freeze.{scheme.Bureau}.{scheme.Period}");
            var frozen = await tx.One($"select {Columns} from assess_scheme where bureau = {scheme.Bureau} and name = {scheme.Name} and period = {scheme.Period} and state = 'Frozen'", Read);
            if (frozen is not null) return Refusal.Conflict("assess.scheme-frozen", frozen.Name, frozen.Period, frozen.Version);
            if (await tx.Run($"update assess_scheme set state = 'Frozen', frozen_at = {now}, revision = revision + 1 where id = {id} and revision = {seen} and state = 'Draft'") == 0) return Refusal.Conflict("assess.scheme-changed", scheme.Name);
            var after = scheme with { State = SchemeState.Frozen, FrozenAt = now, Revision = seen + 1 };
            await Prove(tx, "assess.scheme-frozen", caller, after, now);
            return after;
        }, ct);
    }

    /// <summary>Computes and keeps a department's score; figures of reports come by themselves, the rest is handed in with its evidence.</summary>
    public async Task<Outcome<Score>> Compute(Caller caller, Id<Scheme> id, Id<Agency> agency, IReadOnlyDictionary<string, ScoreInput> given, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { } scheme) return Refusal.NotFound("scheme");
        if (!Makes(caller)) return Refusal.Forbidden("assess.only-bureau");
        if (scheme.State != SchemeState.Frozen) return Refusal.Conflict("assess.scheme-draft", scheme.Name);
        if (directory.Find(agency) is not { IsGovernment: true } whose || (whose.Bureau != caller.Agency && whose.Id != caller.Agency)) return Refusal.Invalid(new FieldError("agency", "assess.field.agency"));
        if (ScoreInputs.Check(scheme.Tree, given) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        var inputs = ScoreInputs.With(scheme.Tree, given, await ReportsOf(scheme, agency, ct));
        var result = Scoring.Compute(scheme.Tree, inputs);
        var now = clock.GetUtcNow();
        var (inputsText, resultText) = (FindingRows.Json(inputs), FindingRows.Json(result));
        var digest = PaperKey.Digest(Encoding.UTF8.GetBytes($"{scheme.Digest}\n{scheme.Rules}\n{inputsText}\n{resultText}"));
        return await db.Commit<Outcome<Score>>(async tx =>
        {
            var issue = await tx.Next($"assess.score.{id}.{agency}");
            var scoreId = Id<Score>.New(clock);
            var proof = await evidence.Append(tx, new Happening("assess.scored", caller.Actor, caller.Agency?.ToString(), $"score:{scoreId}", now, new Dictionary<string, string>
            {
                ["scheme"] = scheme.Digest,
                ["of"] = agency.ToString(),
                ["total"] = result.Total?.ToString(CultureInfo.InvariantCulture) ?? "",
                ["rules"] = scheme.Rules,
                ["digest"] = digest,
            })
            { Parties = [agency.ToString()] });
            await tx.Run(
                $"""
                insert into assess_score (id, scheme, agency, issue, inputs, result, rules, total, digest, made_by, made_at, evidence)
                values ({scoreId}, {id}, {agency}, {issue}, {inputsText}, {resultText}, {scheme.Rules}, {result.Total?.ToString(CultureInfo.InvariantCulture)}, {digest}, {caller.Actor}, {now}, {proof})
                """);
            return new Score(scoreId, id, agency, issue, inputs, result, scheme.Rules, digest, caller.Actor, now, proof);
        }, ct);
    }

    /// <summary>Schemes of the caller's bureau, newest first; a department's heads see those that are in force.</summary>
    public async Task<IReadOnlyList<Scheme>> List(Caller caller, CancellationToken ct)
    {
        if (BureauFor(caller) is not { } bureau) return [];
        return IsMakers(caller)
            ? await db.List($"select {Columns} from assess_scheme where bureau = {bureau} order by id desc limit 200", Read, ct)
            : await db.List($"select {Columns} from assess_scheme where bureau = {bureau} and state = 'Frozen' order by id desc limit 200", Read, ct);
    }

    public async Task<Scheme?> Find(Caller caller, Id<Scheme> id, CancellationToken ct) =>
        BureauFor(caller) is { } bureau && await db.One($"select {Columns} from assess_scheme where id = {id}", Read, ct) is { } found && found.Bureau == bureau && (found.State == SchemeState.Frozen || IsMakers(caller)) ? found : null;

    /// <summary>The newest score of each department under a scheme; a department sees its own.</summary>
    public async Task<IReadOnlyList<Score>> Scores(Caller caller, Id<Scheme> id, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is null) return [];
        var all = await db.List(
            $"""
            select {ScoreColumns} from assess_score s where scheme = {id} and issue = (select max(l.issue) from assess_score l where l.scheme = s.scheme and l.agency = s.agency) order by agency
            """, ReadScore, ct);
        return IsMakers(caller) ? all : [.. all.Where(s => s.Agency == caller.Agency)];
    }

    public static bool Makes(Caller caller) => SupervisionReports.Makes(caller);

    private static bool IsMakers(Caller caller) => SupervisionReports.Reads(caller);

    private Id<Agency>? BureauFor(Caller caller) => IsMakers(caller) ? caller.Agency
        : caller is { Person: not null, Client: null, IsGovernment: true, Agency: { } own } && (caller.Has(Role.SharingOfficeHead) || caller.Has(Role.AgencyHead)) ? directory.Find(own)?.Bureau : null;

    private async Task<IReadOnlyList<(string Number, FigureRow Row)>> ReportsOf(Scheme scheme, Id<Agency> agency, CancellationToken ct)
    {
        var months = scheme.Period.Length == 7 ? [scheme.Period] : Enumerable.Range(1, 12).Select(m => string.Create(CultureInfo.InvariantCulture, $"{scheme.Period}-{m:00}")).ToArray();
        var found = new List<(string, FigureRow)>();
        foreach (var month in months)
            if (await reports.Newest(scheme.Bureau, month, ct) is { } report && SupervisionReport.Rows(report.Inputs).FirstOrDefault(r => r.Agency.Id == agency.ToString()) is { } row) found.Add((report.Number, row));
        return found;
    }

    private Task<string> Prove(Tx tx, string kind, Caller caller, Scheme scheme, DateTimeOffset at) => evidence.Append(tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"scheme:{scheme.Id}", at, new Dictionary<string, string>
    {
        ["period"] = scheme.Period,
        ["version"] = scheme.Version.ToString(CultureInfo.InvariantCulture),
        ["digest"] = scheme.Digest,
        ["rules"] = scheme.Rules,
    }));

    private static Sql Part(Sql sql) => sql;

    private static Scheme Read(DbDataReader r) => new(
        r.Id<Scheme>(0), r.GetString(1), r.GetString(2), r.Id<Agency>(3), r.GetInt64(4), r.Kind<SchemeState>(5), r.Json<SchemeNode>(6), r.GetString(7), r.GetString(8), r.GetInt64(9), r.GetString(10), r.Instant(11), r.InstantOrNull(12));

    private static Score ReadScore(DbDataReader r) => new(
        r.Id<Score>(0), r.Id<Scheme>(1), r.Id<Agency>(2), r.GetInt64(3), r.Json<Dictionary<string, ScoreInput>>(4), r.Json<ScoreResult>(5), r.GetString(6), r.GetString(7), r.GetString(8), r.Instant(9), r.GetString(10));
}
