using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Tongxiang.Agencies;
using Tongxiang.Browser.Lab;
using Tongxiang.Gateway;
using Tongxiang.Gateway.Query;
using Tongxiang.Share;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Browser.Desk;

/// <summary>An officer at the counter: case number, id, one button – the answer with its receipt.</summary>
public sealed class LookUpTests(Chromium chromium, Site site)
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task An_officer_has_the_answer_after_three_actions_and_within_ten_seconds(bool scripts)
    {
        var (id, name) = await Somebody();
        await using var context = await chromium.Open(site.Url, scripts);
        var page = await Stewardship.SignIn(site, context, "civil-affairs.clerk");
        await page.GotoAsync("/desk/lookup");
        await page.GetByRole(AriaRole.Navigation, new() { Name = "可查询的资源" }).GetByRole(AriaRole.Link, new() { NameRegex = new Regex("人口|居民") }).First.ClickAsync();
        await Assertions.Expect(page.GetByText("最低生活保障审核确认")).ToBeVisibleAsync();

        var started = Stopwatch.GetTimestamp();
        var actions = 0;
        async Task Act(Func<Task> act)
        {
            actions++;
            await act();
        }

        await Act(() => page.GetByLabel("办件编号").FillAsync("DB20260101"));
        await Act(() => page.Locator("input[name='key.citizen_id']").FillAsync(id.ToLowerInvariant()));
        await Act(() => page.GetByRole(AriaRole.Button, new() { Name = "查询", Exact = true }).ClickAsync());
        await Assertions.Expect(page.GetByRole(AriaRole.Status).Filter(new() { HasText = "查到一条记录" })).ToBeVisibleAsync();
        var took = Stopwatch.GetElapsedTime(started);
        Assert.Equal(3, actions);
        Assert.True(took < TimeSpan.FromSeconds(10), $"{took}");
        TestContext.Current.TestOutputHelper?.WriteLine($"scripts {scripts}: {actions} actions, {took.TotalSeconds:0.0} s");

        var answer = page.Locator("#answer");
        await Assertions.Expect(answer.GetByText(name, new() { Exact = false })).ToBeVisibleAsync();
        await Assertions.Expect(answer.GetByText("脱敏").First).ToBeVisibleAsync();
        // What was looked up is nowhere in the address.
        Assert.DoesNotContain(id, page.Url, StringComparison.OrdinalIgnoreCase);
        foreach (var width in (int[])[1440, 390])
        {
            await page.SetViewportSizeAsync(width, 900);
            // The check itself leaves styles behind, so that only its first run may count them; it cannot run where scripts are off.
            if (scripts) Assert.DoesNotContain(await PageCheck.Faults(page, width), f => width == 1440 || !f.EndsWith("inline styles", StringComparison.Ordinal));
            await PageCheck.Shoot(page, $"lookup-answer-{width}-{(scripts ? "scripts" : "plain")}");
        }

        await page.GetByRole(AriaRole.Link, new() { Name = "核验回执" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();

        // The resource is remembered, and the look-up stands in the list of the day.
        await page.GotoAsync("/desk/lookup");
        await Assertions.Expect(page.GetByText("最低生活保障审核确认").First).ToBeVisibleAsync();
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "DB20260101" });
        for (var i = 0; i < 20 && await row.CountAsync() == 0; i++)
        {
            await page.WaitForTimeoutAsync(500);
            await page.ReloadAsync();
        }

        await Assertions.Expect(row.First).ToContainTextAsync("查到");
        Assert.DoesNotContain(id, await page.ContentAsync(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_keyboard_alone_is_enough_and_a_miss_is_told_as_one()
    {
        await using var context = await chromium.Open(site.Url, scripts: false);
        var page = await Stewardship.SignIn(site, context, "civil-affairs.clerk");
        await page.GotoAsync("/desk/lookup");
        await page.GetByRole(AriaRole.Navigation, new() { Name = "可查询的资源" }).GetByRole(AriaRole.Link, new() { NameRegex = new Regex("人口|居民") }).First.PressAsync("Enter");
        await page.GetByLabel("办件编号").FocusAsync();
        await page.Keyboard.TypeAsync("DB20260102");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("290101198001010000");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Status).Filter(new() { HasText = "没有符合条件的记录" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Who_has_no_right_to_look_up_is_told_where_to_get_one()
    {
        await using var context = await chromium.Open(site.Url);
        var page = await Stewardship.SignIn(site, context, "health.steward");
        await page.GotoAsync("/desk/lookup");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "没有可以查询的资源" })).ToBeVisibleAsync();
        Assert.Empty(await PageCheck.Faults(page, 1440));
    }

    private async Task<(string Id, string Name)> Somebody()
    {
        var call = new Call
        {
            Resource = "population",
            Query = new QueryText("?select=citizen_id,name&limit=1"),
            Caller = Caller.Of(site.Get<Clients>().Find("civil-affairs-01")!, site.Get<Directory>()),
            Assurance = Assurance.SignedAssertion,
            Context = new CallPurpose(null, "DB20260100", "clerk"),
            At = site.Get<TimeProvider>().GetUtcNow(),
        };
        Assert.Null(await site.Get<Calls>().Run(call, default));
        using var page = call.Page!;
        return (page.Text(0, 0)!, page.Text(0, 1)!);
    }
}
