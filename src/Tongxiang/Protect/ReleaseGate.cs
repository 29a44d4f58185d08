using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Protect;

/// <summary>A release assessment (发布风险评估): how easily somebody could be found again in the rows of one version.</summary>
/// <param name="Digest">Of the version, so that what was judged is beyond doubt.</param>
/// <param name="Fields">Digest of the fields judged.</param>
/// <param name="ThresholdPercent">Largest risk allowed, as the rule pack said on that day.</param>
public sealed record ReleaseAssessment(
    Id<ReleaseAssessment> Id, Id<Entry> Entry, Id<Version> Version, long VersionNumber, string Digest, string Fields, ReleaseWish Wish, IReadOnlyList<FieldRole> Roles, ClassSizes Sizes,
    ReleaseLevel Level, int ThresholdPercent, string ThresholdRule, bool Passes, string MadeBy, DateTimeOffset MadeAt)
{
    /// <summary>Largest risk of a row: one over the size of its class; 1 when nothing could be counted.</summary>
    public double MostRisk => Sizes.Smallest < 1 ? 1 : 1.0 / Sizes.Smallest;

    /// <summary>Mean risk of a row.</summary>
    public double MeanRisk => Sizes.Rows < 1 ? 1 : (double)Sizes.Classes / Sizes.Rows;

    /// <summary>Share of the rows that stand in classes smaller than controlled sharing allows.</summary>
    public double SmallShare => Sizes.Rows < 1 ? 1 : (double)Sizes.InSmall / Sizes.Rows;
}

/// <summary>The gate before data about persons go out to anyone: at publication, and whenever a new version is to become the one readers get.</summary>
[Enforces(34)]
public sealed class ReleaseGate(Db db, TimeProvider clock, EvidenceLog evidence, RulePack rules, Entries entries, Versions versions, Classes classes)
{
    private const string Source = "GB/T 42460-2023";

    private static readonly Sql Columns = Part(
        $"id, entry, version, version_number, digest, fields, wish, roles, row_count, classes, smallest, in_small, level, threshold_percent, threshold_rule, passes, made_by, made_at");

    /// <summary>Counts the classes of a version and keeps the result, whether it passes or not.</summary>
    public async Task<Outcome<ReleaseAssessment>> Assess(Caller caller, Id<Entry> id, ReleaseWish wish, CancellationToken ct)
    {
        if (await Seen(caller, id, ct) is not { } entry) return Refusal.NotFound("catalog.entry");
        if (!ReleaseRules.MayAssess(caller, entry)) return Refusal.Forbidden("protect.release-steward");
        if (ReleaseRules.Check(entry.Latest, wish) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        if (await versions.Find(id, wish.Version, ct) is not { State: not VersionState.Destroyed } version) return Refusal.Invalid(new FieldError("version", "protect.release-version", wish.Version));
        return await Assess(version, entry.Latest, wish, caller.Actor, caller.Agency?.ToString(), ct);
    }

    /// <summary>Assessments of an entry, newest first: for its department and the bureau in charge.</summary>
    public async Task<Outcome<IReadOnlyList<ReleaseAssessment>>> Of(Caller caller, Id<Entry> id, CancellationToken ct)
    {
        if (await Seen(caller, id, ct) is null) return Refusal.NotFound("catalog.entry");
        var found = await db.List($"select {Columns} from protect_release where entry = {id} order by made_at desc, id desc limit 200", Read, ct);
        return Made(found);
    }

    /// <summary>Whether a version may become the one readers get; one that was never assessed is assessed now, in the way the entry's own release was.</summary>
    public async Task<Refusal?> MayPromote(Version version, string actor, string? agency, CancellationToken ct)
    {
        if (await entries.Find(version.Entry, ct) is not { } entry) return null;
        var content = entry.IsPublished && entry.Content.OpensPersons ? entry.Content : entry.Latest;
        return content.OpensPersons ? await Pass(version, content, actor, agency, ct) : null;
    }

    /// <summary>Whether what readers would get on publication passed; without a current version there is nothing to read yet.</summary>
    public async Task<Refusal?> MayPublish(Entry entry, CancellationToken ct) =>
        versions.Current(entry.Id) is { } version ? await Pass(version, entry.Latest, Caller.Platform.Actor, null, ct) : null;

    private async Task<Refusal?> Pass(Version version, EntryContent content, string actor, string? agency, CancellationToken ct)
    {
        var fields = Entries.FieldsDigest(content.Fields);
        var named = await db.One($"select {Columns} from protect_release where id = {content.Opening.Release} and entry = {version.Entry}", Read, ct);
        if (named is null) return new Refusal(422, "protect.release-missing", version.Number) { Article = Source };
        // Only what was judged in the way the bureau saw at publication counts: a laxer question has an easier answer.
        var judged = await db.List(
            $"select {Columns} from protect_release where version = {version.Id} and uses = {ReleaseUse.Public} and fields = {fields} order by made_at desc, id desc limit 200", Read, ct);
        var made = judged.FirstOrDefault(j => ReleaseRules.IsSameWay(j.Wish, named.Wish)) ?? await Assess(version, content, named.Wish with { Version = version.Number }, actor, agency, ct);
        return made.Passes ? null : Fails(made);
    }

    private static Refusal Fails(ReleaseAssessment made) => made.Level == ReleaseLevel.Direct
        ? new Refusal(422, "protect.release-direct", made.VersionNumber, string.Join(" ", made.Roles.Where(r => r.Role == IdentifierRole.Direct).Select(r => r.Field))) { Article = Source }
        : new Refusal(422, "protect.release-fails", made.VersionNumber, made.Sizes.Smallest, made.MostRisk.ToString("0.####", CultureInfo.InvariantCulture), ReleaseRules.LeastClass(made.ThresholdPercent), made.ThresholdPercent)
        {
            Article = Source,
        };

    private async Task<ReleaseAssessment> Assess(Version version, EntryContent content, ReleaseWish wish, string actor, string? agency, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var today = WorkCalendar.Day(now);
        var rule = rules.Find(ReleaseRules.RuleOf(wish.Use), today);
        var small = ReleaseRules.LeastClass(rules.Find(ReleaseRules.RuleOf(ReleaseUse.Controlled), today).Value ?? 1);
        var roles = ReleaseRules.Roles(content, wish);
        // A column the version does not have cannot go out with it.
        var landed = version.Columns.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var quasi = roles.Where(r => r.Role == IdentifierRole.Quasi && landed.Contains(r.Field)).Select(r => r.Field).ToList();
        var sizes = wish.CountField is { } missing && !landed.Contains(missing)
            ? new ClassSizes(version.Rows, version.Rows, 0, version.Rows)
            : await classes.Count(version, quasi, wish.CountField, small, ct);
        var level = ReleaseRules.Level(roles, sizes, wish.CountField is not null, rule.Value ?? 0);
        var made = new ReleaseAssessment(
            Id<ReleaseAssessment>.New(clock), version.Entry, version.Id, version.Number, version.Digest, Entries.FieldsDigest(content.Fields), wish, roles, sizes, level, rule.Value ?? 0, rule.Id,
            level is ReleaseLevel.Acceptable or ReleaseLevel.Aggregate, actor, now);
        await db.Commit(tx => Keep(tx, made, agency), ct);
        return made;
    }

    private async Task Keep(Tx tx, ReleaseAssessment made, string? agency)
    {
        await tx.Run(
            $"""
            insert into protect_release (id, entry, version, version_number, digest, fields, uses, wish, roles, row_count, classes, smallest, in_small, level, threshold_percent, threshold_rule,
              passes, made_by, made_at)
            values ({made.Id}, {made.Entry}, {made.Version}, {made.VersionNumber}, {made.Digest}, {made.Fields}, {made.Wish.Use}, {JsonSerializer.Serialize(made.Wish, Wire.Json)},
              {JsonSerializer.Serialize(made.Roles, Wire.Json)}, {made.Sizes.Rows}, {made.Sizes.Classes}, {made.Sizes.Smallest}, {made.Sizes.InSmall}, {(long)made.Level},
              {(long)made.ThresholdPercent}, {made.ThresholdRule}, {made.Passes}, {made.MadeBy}, {made.MadeAt})
            """);
        if (made is { Passes: true, Wish.Use: ReleaseUse.Public })
            await entries.Admit(tx, new PassedRelease(made.Id.ToString(), made.Entry, made.Fields, (int)made.Level, made.Sizes.Smallest, made.ThresholdPercent));
        var facts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["entry"] = made.Entry.ToString(),
            ["version"] = made.VersionNumber.ToString(CultureInfo.InvariantCulture),
            ["digest"] = made.Digest,
            ["use"] = made.Wish.Use.ToString(),
            ["level"] = ((int)made.Level).ToString(CultureInfo.InvariantCulture),
            ["smallest"] = made.Sizes.Smallest.ToString(CultureInfo.InvariantCulture),
            ["passes"] = made.Passes ? "1" : "0",
        };
        await evidence.Append(tx, new Happening("protect.release-assessed", made.MadeBy, agency, $"entry:{made.Entry}", made.MadeAt, facts));
    }

    private async Task<Entry?> Seen(Caller caller, Id<Entry> id, CancellationToken ct) =>
        caller.Agency is { } agency && await entries.Find(id, ct) is { } entry && (entry.Agency == agency || entries.BureauOf(entry.Agency) == agency) ? entry : null;

    // C# converts no interface implicitly; a type parameter it does.
    private static Outcome<T> Made<T>(T value) => value;

    private static Sql Part(Sql sql) => sql;

    private static ReleaseAssessment Read(DbDataReader r) => new(
        r.Id<ReleaseAssessment>(0), r.Id<Entry>(1), r.Id<Version>(2), r.GetInt64(3), r.GetString(4), r.GetString(5), r.Json<ReleaseWish>(6), r.Json<IReadOnlyList<FieldRole>>(7),
        new ClassSizes(r.GetInt64(8), r.GetInt64(9), r.GetInt64(10), r.GetInt64(11)), (ReleaseLevel)r.GetInt64(12), (int)r.GetInt64(13), r.GetString(14), r.Flag(15), r.GetString(16), r.Instant(17));
}
