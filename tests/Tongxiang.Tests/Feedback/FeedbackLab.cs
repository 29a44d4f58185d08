using Tongxiang.Catalog;
using Tongxiang.Feedback;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Share;

namespace Tongxiang.Tests.Feedback;

/// <summary>Reports and scores beside the agencies and the entry of <see cref="Facts"/>.</summary>
internal sealed class FeedbackLab : IAsyncDisposable
{
    private readonly ShareLab share;

    private FeedbackLab(ShareLab share)
    {
        this.share = share;
        EntrySource entries = (id, _) => ValueTask.FromResult(id == share.Entry.Id ? share.Entry : null);
        Reports = new Reports(share.Db, share.Clock, share.Evidence, new Tongxiang.Agencies.Deadlines(share.Rules, share.Calendar), entries);
        Scores = new Scores(share.Db, share.Clock, entries);
        Showcases = new Showcases(share.Db, share.Clock, share.Evidence, entries);
    }

    public Reports Reports { get; }
    public Scores Scores { get; }
    public Showcases Showcases { get; }
    public Db Db => share.Db;
    public Entry Entry => share.Entry;
    public Microsoft.Extensions.Time.Testing.FakeTimeProvider Clock => share.Clock;

    public static NewReport Said(string body = "第 12 行的站点坐标落在海里") => new(ReportKind.WrongValue, "第 12 行", body, "");

    public NewShowcase Used(string title = "到站时刻") => new(title, ShowcaseKind.App, "按站点查询下一班车何时到达。", "https://bus.example.cn/", [Entry.Id], "maker@example.org");

    public static async Task<FeedbackLab> Open(Store store) => new(await ShareLab.Open(store));

    public void SetClass(OpenClass open) => share.Entry = Facts.Entry(open: open);

    public Task<IReadOnlyList<string>> Evidenced() => share.Evidenced();

    public ValueTask DisposeAsync() => share.DisposeAsync();
}
