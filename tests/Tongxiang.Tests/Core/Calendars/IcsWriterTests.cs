using CsCheck;
using Tongxiang.Core.Calendars;

namespace Tongxiang.Tests.Core.Calendars;

public sealed class IcsWriterTests
{
    private static readonly DateTimeOffset Stamp = new(2026, 2, 12, 9, 0, 0, TimeSpan.FromHours(8));

    [Fact]
    public void A_day_and_an_instant_are_written_as_such()
    {
        var events = IcsReader.Events(IcsWriter.Write("-//Test//EN", "到期事项", [
            new IcsEvent("a@x.example", Stamp, new DateOnly(2026, 2, 14), null, "答复申请", "", "https://x.example/desk/1") { IsTentative = true, Categories = ["DL-04", "a,b"] },
            new IcsEvent("b@x.example", Stamp, null, Stamp.AddHours(4), "报告", "一\n二", "https://x.example/2"),
        ]));
        Assert.Equal(("20260214", "DATE"), (Value(events[0], "DTSTART"), events[0].Single(l => l.Name == "DTSTART").Parameters["VALUE"]));
        Assert.Equal("20260215", Value(events[0], "DTEND"));
        Assert.Equal("20260212T010000Z", Value(events[0], "DTSTAMP"));
        Assert.Equal(("TENTATIVE", @"DL-04,a\,b"), (Value(events[0], "STATUS"), Value(events[0], "CATEGORIES")));
        Assert.DoesNotContain(events[0], l => l.Name == "DESCRIPTION");
        Assert.Equal("20260212T050000Z", Value(events[1], "DTSTART"));
        Assert.Equal("一\n二", IcsReader.Text(Value(events[1], "DESCRIPTION")));
        Assert.DoesNotContain(events[1], l => l.Name == "DTEND");
    }

    [Theory]
    [InlineData(@"a\b;c,d", @"a\\b\;c\,d")]
    [InlineData("a\r\nb\nc\rd", @"a\nb\nc\nd")]
    [InlineData("a\0\u0007\u001bb\tc", "ab\tc")]
    [InlineData("END:VCALENDAR\r\nBEGIN:VALARM", @"END:VCALENDAR\nBEGIN:VALARM")]
    [InlineData("𠮷㐂\uE863", "𠮷㐂\uE863")]
    public void Texts_are_escaped(string said, string written) => Assert.Equal(written, IcsWriter.Escape(said));

    [Fact]
    public void Half_a_character_is_none() => Assert.Equal("x\uFFFDy", IcsWriter.Escape("x\ud83dy"));

    [Fact]
    public void Whatever_is_said_comes_back_and_no_line_is_too_long() =>
        Gen.OneOf(Gen.String[Gen.Char[' ', '~'], 0, 200], Gen.String[Gen.Char['\u4e00', '\u4eff'], 0, 120], Gen.OneOf("\\", ",", ";", "\n", "𠮷", "😀", "é", "a", "BEGIN:VEVENT\n", " ").Array[0, 90].Select(string.Concat)).Sample(text =>
        {
            var events = IcsReader.Events(IcsWriter.Write("-//Test//EN", text, [new IcsEvent("u@x.example", Stamp, new DateOnly(2026, 2, 14), null, text, text, "https://x.example/1")]));
            return IcsReader.Text(Value(Assert.Single(events), "SUMMARY")) == text;
        }, iter: 2_000, seed: "0000B1b2C3d4");

    private static string Value(IReadOnlyList<IcsReader.Line> all, string name) => all.Single(l => l.Name == name).Value;
}
