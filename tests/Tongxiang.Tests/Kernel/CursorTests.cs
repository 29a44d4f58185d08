using CsCheck;
using Tongxiang.Kernel;

namespace Tongxiang.Tests.Kernel;

public sealed class CursorTests
{
    [Fact]
    public void A_cursor_comes_back_as_the_key_it_was_made_of() =>
        Gen.Select(Gen.String, Gen.Long).Sample((text, number) =>
            Cursor.Read(Cursor.Write(text, number), 2) is { } key && key[0] == text && key[1] == number.ToString(System.Globalization.CultureInfo.InvariantCulture), iter: 500);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("not base64 !!")]
    [InlineData("WyJhIl0")]
    [InlineData("bnVsbA")]
    [InlineData("W251bGwsbnVsbF0")]
    public void Anything_else_is_no_cursor(string? text) => Assert.Null(Cursor.Read(text, 2));

    [Fact]
    public void Garbage_never_throws() => Gen.String.Sample(text => { Cursor.Read(text, 2); }, iter: 2000);

    [Fact]
    public void The_surplus_row_only_tells_that_there_is_a_next_page()
    {
        Assert.Equal(2, Page<int>.Of([1, 2, 3], 2, i => [i]).Items.Count);
        Assert.NotNull(Page<int>.Of([1, 2, 3], 2, i => [i]).Next);
        Assert.Null(Page<int>.Of([1, 2], 2, i => [i]).Next);
    }
}
