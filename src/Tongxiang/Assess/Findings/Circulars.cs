using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tongxiang.Agencies;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Assess;

/// <summary>A circular of criticism (通报): numbered, signed, read by all departments.</summary>
/// <param name="Record">Canonical JSON that was signed; file <c>{number}.json</c>.</param>
/// <param name="Note">Signed note over its digest; file <c>{number}.note</c>.</param>
public sealed record Circular(Id<Circular> Id, string Number, Id<Finding> Finding, Id<Agency> Agency, string Item, Id<Agency> Issuer, string Title, string Body, string Record, string Digest, string Note, DateTimeOffset IssuedAt);

/// <summary>Issues circulars and shows them to government departments.</summary>
public sealed class Circulars(Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, PaperKey key)
{
    private static readonly Sql Columns = Part($"id, number, finding, agency, item, issuer, title, body, record, digest, note, issued_at");

    /// <summary>All circulars, newest first, for people of government departments.</summary>
    public async Task<Page<Circular>> List(Caller caller, string? after, int limit, CancellationToken ct)
    {
        if (!Reads(caller)) return new([], null);
        limit = Math.Clamp(limit, 1, 200);
        var last = Cursor.Read(after, 1) is [var place] && Id<Circular>.TryParse(place, null, out var id) ? id.ToString() : "g";
        var rows = await db.List($"select {Columns} from assess_circular where id < {last} order by id desc limit {limit + 1}", Read, ct);
        return Page<Circular>.Of(rows, limit, c => [c.Id]);
    }

    public async Task<Circular?> Find(Caller caller, string number, CancellationToken ct) =>
        Reads(caller) ? await db.One($"select {Columns} from assess_circular where number = {number}", Read, ct) : null;

    public static bool Reads(Caller caller) => caller is { Person: not null, Client: null, IsGovernment: true };

    internal async Task<string?> NumberOf(Id<Finding> finding, CancellationToken ct) => await db.One($"select number from assess_circular where finding = {finding}", r => r.GetString(0), ct);

    internal async Task<Circular> Issue(Tx tx, Caller by, Finding finding, string body, DateTimeOffset at)
    {
        var number = await FindingBook.Number(tx, "TB", at);
        var item = Liability.Find(finding.Item)!;
        var (agency, issuer) = (directory.Find(finding.Agency)!, directory.Find(by.Agency!.Value)!);
        var title = $"关于{agency.Name}违反{item.Cited(Texts.Chinese)}的通报";
        var record = Encoding.UTF8.GetString(Canonical.Json(new JsonObject
        {
            ["format"] = "tongxiang-circular-1",
            ["number"] = number,
            ["finding"] = finding.Number,
            ["agency"] = new JsonObject { ["name"] = agency.Name, ["creditCode"] = agency.CreditCode },
            ["issuer"] = new JsonObject { ["name"] = issuer.Name, ["creditCode"] = issuer.CreditCode },
            ["article"] = item.Cited(Texts.Chinese),
            ["title"] = title,
            ["body"] = body,
            ["serious"] = finding.IsSerious,
            ["issuedAt"] = at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        }));
        var digest = PaperKey.Digest(Encoding.UTF8.GetBytes(record));
        var circular = new Circular(
            Id<Circular>.New(clock), number, finding.Id, finding.Agency, finding.Item, issuer.Id, title, body, record, digest, key.Sign(number, [new PaperLine(number + ".json", digest)], at).ToString(), at);
        await tx.Run(
            $"""
            insert into assess_circular (id, number, finding, agency, item, issuer, title, body, record, digest, note, issued_at)
            values ({circular.Id}, {number}, {finding.Id}, {finding.Agency}, {finding.Item}, {issuer.Id}, {title}, {body}, {record}, {digest}, {circular.Note}, {at})
            """);
        await evidence.Append(tx, new Happening("assess.circular-issued", by.Actor, issuer.Id.ToString(), $"circular:{circular.Id}", at, new Dictionary<string, string> { ["number"] = number, ["finding"] = finding.Number, ["digest"] = digest })
        {
            Parties = [finding.Agency.ToString()],
        });
        return circular;
    }

    private static Sql Part(Sql sql) => sql;

    private static Circular Read(DbDataReader r) => new(
        r.Id<Circular>(0), r.GetString(1), r.Id<Finding>(2), r.Id<Agency>(3), r.GetString(4), r.Id<Agency>(5), r.GetString(6), r.GetString(7), r.GetString(8), r.GetString(9), r.GetString(10), r.Instant(11));
}
