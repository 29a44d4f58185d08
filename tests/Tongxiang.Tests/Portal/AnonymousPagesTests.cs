using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Portal;

public sealed class AnonymousPagesTests
{
    [Fact]
    public async Task A_page_asked_for_in_capitals_does_not_take_the_place_of_the_english_one()
    {
        await using var lab = await NodeLab.Start(Store.Sqlite);
        await lab.Http.GetStringAsync("/EN/help");
        Assert.Contains("<html lang=\"en\"", await lab.Http.GetStringAsync("/en/help"), StringComparison.Ordinal);
    }
}
