using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Requirements;

/// <summary>Order 809 art. 17: the bureau's own clock.</summary>
public sealed class Requirement06
{
    /// <summary>Order 809 art. 17: two working days to review and publish; received on Thursday 2026-04-30 before the May holiday, the last day is Thursday 2026-05-07.</summary>
    [Theory, EveryStore]
    public async Task Requirement_06_An_entry_received_on_30_April_2026_is_shown_overdue_for_the_reviewer_after_7_May(Store store)
    {
        await using var lab = await CatalogNode.Start(store, new DateTimeOffset(2026, 4, 30, 10, 0, 0, TimeSpan.FromHours(8)));
        var (steward, head, reviewer) = (await lab.SignIn("transport.steward"), await lab.SignIn("transport.head"), await lab.SignIn("bureau.reviewer"));
        using var made = await steward.PostAsync("/api/entries", new StringContent(System.Text.Json.JsonSerializer.Serialize(new NewEntry(Samples.Open()), Wire.Json), System.Text.Encoding.UTF8, "application/json"));
        var id = System.Text.Json.Nodes.JsonNode.Parse(await made.Content.ReadAsStringAsync())!["entry"]!["id"]!.GetValue<string>();
        foreach (var kind in Enum.GetNames<AssessmentKind>()) await Api.Post(steward, $"/api/entries/{id}/assessments", new { kind, conclusion = "评估结论：可以编目" });
        await Api.Post(steward, $"/api/entries/{id}/submit", new { revision = 1 });
        await Api.Post(head, $"/api/entries/{id}/approve", new { revision = 1 });
        var waiting = (await Api.Get(reviewer, "/api/entries/reviews"))["items"]![0]!;
        Assert.Equal(new DateTimeOffset(2026, 5, 8, 0, 0, 0, TimeSpan.FromHours(8)).AddMilliseconds(-1), waiting["dueAt"]!.GetValue<DateTimeOffset>());

        // The last minute of the 7th: still kept. The first of the 8th: overdue on the reviewer's board and in the inbox.
        lab.Clock.SetUtcNow(new DateTimeOffset(2026, 5, 7, 23, 59, 0, TimeSpan.FromHours(8)));
        reviewer = await lab.SignIn("bureau.reviewer");
        Assert.DoesNotContain("已逾期 ", await reviewer.GetStringAsync("/bureau"), StringComparison.Ordinal);
        Assert.Equal(0, (await Api.Get(reviewer, "/api/inbox"))["overdue"]!.GetValue<int>());
        lab.Clock.SetUtcNow(new DateTimeOffset(2026, 5, 8, 9, 0, 0, TimeSpan.FromHours(8)));
        reviewer = await lab.SignIn("bureau.reviewer");
        Assert.Contains("已逾期 ", await reviewer.GetStringAsync("/bureau"), StringComparison.Ordinal);
        Assert.Equal(1, (await Api.Get(reviewer, "/api/inbox"))["overdue"]!.GetValue<int>());
    }
}
