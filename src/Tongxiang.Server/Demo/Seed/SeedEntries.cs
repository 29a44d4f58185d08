using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Server.Demo.Resources;

namespace Tongxiang.Server.Demo.Seed;

/// <summary>Catalogues and publishes the demonstration's resources: drafted by the steward, assessed, approved by the head, reviewed by the bureau – in one commit, all or none.</summary>
internal sealed class SeedEntries(Entries entries, Cast cast)
{
    private const string NoSecret = "已对照国家秘密和工作秘密事项范围逐项核对：所列数据项均不涉及国家秘密、工作秘密，汇聚后亦不产生新的秘密事项，同意编入目录。";
    private const string NoPerson = "经核对，所列数据项不含个人信息，无需采取去标识化措施。";
    private const string Personal = "所列数据项含个人信息。共享目的限于履行法定职责，按最小必要逐项授权；传输和存储加密，调用留痕可追溯；对个人权益的影响可控，评估报告保存三年以上。";

    public async Task<int> Run(CancellationToken ct)
    {
        var missing = new List<Enrolment>();
        foreach (var resource in Shelf.All)
        {
            var found = await entries.BySlug(cast.Steward(resource.Organisation), resource.Slug, ct);
            if (found.IsRefused) missing.Add(Enrol(resource));
        }
        if (missing.Count == 0) return 0;
        var enrolled = await entries.Enrol(missing, ct);
        return enrolled.Refusal is { } refusal ? throw new RefusedException("catalogue", refusal) : enrolled.Value.Count;
    }

    private Enrolment Enrol(Resource resource)
    {
        var agency = cast.Agency(resource.Organisation);
        var content = resource.Content with { ContactPhone = agency.Phone ?? "", ContactEmail = agency.Email ?? "" };
        return new Enrolment(
            content, resource.Slug, cast.Steward(resource.Organisation), cast.Head(resource.Organisation), cast.Reviewer, NoSecret, content.HasPersonalData ? Personal : NoPerson);
    }
}

/// <summary>A front door refused what the demonstration asked for: either a rule changed or the demonstration breaks it; both must be seen.</summary>
public sealed class RefusedException(string what, Refusal refusal)
    : Exception($"The demonstration's {what} was refused: {refusal.Code} {string.Join("; ", refusal.Fields.Select(f => $"{f.Field}: {f.Key} {string.Join(' ', f.Args)}"))}");
