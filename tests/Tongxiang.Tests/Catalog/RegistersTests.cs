using Tongxiang.Catalog;
using Tongxiang.Core.Elements;

namespace Tongxiang.Tests.Catalog;

public sealed class RegistersTests
{
    [Fact]
    public void Every_element_that_values_are_checked_by_stands_in_the_register()
    {
        Assert.Equal(ElementKinds.All, Elements.All.Select(e => e.Key));
        Assert.All(Elements.All, e => Assert.True(e.Name.Length > 0 && e.NameEn.Length > 0 && e.Name != e.Key));
    }

    [Fact]
    public void Lists_have_no_key_twice_and_both_languages()
    {
        TermList[] all = [.. CodeLists.All, Themes.All, Themes.Formats, Themes.Licences, Themes.Scopes, Themes.Uses, Themes.Promises, Themes.Access];
        Assert.All(all, list =>
        {
            Assert.Equal(list.Terms.Count, list.Terms.Select(t => t.Key).Distinct().Count());
            Assert.All(list.Terms, t => Assert.True(t.Name.Length > 0 && t.NameEn.Length > 0));
        });
        Assert.Equal(58, CodeLists.Find("ethnic")!.Terms.Count);
        Assert.Equal(Enum.GetNames<UpdatePromise>(), Themes.Promises.Terms.Select(t => t.Key));
        Assert.Equal(Enum.GetNames<OpenClass>(), Themes.Access.Terms.Select(t => t.Key));
    }

    [Theory]
    [InlineData("citizen-id", FieldType.Text, true)]
    [InlineData("citizen-id", FieldType.Integer, false)]
    [InlineData("money", FieldType.Decimal, true)]
    [InlineData("longitude", FieldType.Real, true)]
    [InlineData("longitude", FieldType.Decimal, true)]
    [InlineData("date", FieldType.Timestamp, false)]
    public void An_element_fits_types_that_hold_its_values(string element, FieldType type, bool fits) =>
        Assert.Equal(fits, Elements.Find(element)!.Fits(type));
}
