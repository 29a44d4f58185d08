using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Assess;

/// <summary>Findings in the calendar of what is due: the notice by the bureau, the rectification by the department, the recheck by the bureau.</summary>
internal static class FindingDues
{
    public static async Task<IReadOnlyList<DueItem>> Of(FindingBook book, Directory directory, Caller caller, DueScope scope, CancellationToken ct) =>
        [.. (await book.Due(caller, scope, ct)).Select(due => Item(due.Finding, due.Step, directory))];

    private static DueItem Item(Finding now, FindingStep step, Directory directory)
    {
        // The day stands in the notice.
        var (isRectify, item) = (step == FindingStep.Rectify, Liability.Find(now.Item)!);
        // What the finding is, in the words of its article: the department may read no more of the bureau's than that.
        var name = Texts.Parts.Get(Texts.Chinese, item.Says.Key);
        return new DueItem(
            $"finding:{now.Id}:{step}", new TextKey("due.todo.finding-" + step.ToString().ToLowerInvariant()), now.Number, name, Texts.Parts.Get(Texts.English, item.Says.Key),
            isRectify ? now.Agency : directory.Find(now.Agency)?.Bureau ?? now.Agency, new TextKey(isRectify ? "due.began.noticed" : step == FindingStep.Close ? "due.began.rectified" : "due.began.found"),
            isRectify ? now.ChangedAt : step == FindingStep.Close ? now.RectifiedAt ?? now.ChangedAt : now.FoundAt, isRectify ? now.DueAt : null, isRectify && now.DueIsProvisional, null,
            $"{(isRectify ? "/desk/findings/" : "/bureau/findings/")}{now.Id}#form")
        {
            Article = item.Cited(Texts.Chinese),
        };
    }
}
