using System.Buffers;
using System.Diagnostics;
using System.Text;
using Tongxiang.Core.Crypto;
using Tongxiang.Core.Elements;
using Tongxiang.Core.Protect;

namespace Tongxiang.Tests.Core.Protect;

public sealed class TimingTests
{
    // Medians of interleaved batches: what the machine does besides hits both sides alike. A leak worth the name, a table or a comparison that ends early, would show as a step, not as a tenth.
    [Theory]
    [InlineData(ElementKind.CitizenId)]
    [InlineData(ElementKind.Mobile)]
    [InlineData(ElementKind.PersonName)]
    public void Protecting_one_value_takes_as_long_as_protecting_another(ElementKind kind)
    {
        byte[] key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        var (tokens, names) = (new Tokens(SealAlgorithm.Aes256Gcm, key), new Pseudonyms(SealAlgorithm.Aes256Gcm, key));
        CellOperator[] cells = [Masks.Of(kind), names.Of(kind), .. Tokens.Shapes(kind).Take(1).Select(shape => tokens.Of(kind, shape)!)];
        var (low, high) = kind switch
        {
            ElementKind.CitizenId => ("00000000000000000" + CitizenId.CheckCharacter("00000000000000000"u8), "99999999999999999" + CitizenId.CheckCharacter("99999999999999999"u8)),
            ElementKind.Mobile => ("10000000000", "19999999999"),
            _ => ("一丁七", "龟龙龥"),
        };
        foreach (var cell in cells)
        {
            var ratio = Ratio(cell, Encoding.UTF8.GetBytes(low), Encoding.UTF8.GetBytes(high));
            Assert.InRange(ratio, 0.6, 1.7);
        }
    }

    private static double Ratio(CellOperator cell, byte[] one, byte[] other)
    {
        var to = new ArrayBufferWriter<byte>(256);
        double Batch(byte[] value)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < 200; i++)
            {
                cell(value, to);
                to.ResetWrittenCount();
            }

            return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        var (first, second) = (new List<double>(), new List<double>());
        for (var i = 0; i < 401; i++)
        {
            var (a, b) = (Batch(one), Batch(other));
            if (i < 100) continue;
            first.Add(a);
            second.Add(b);
        }

        first.Sort();
        second.Sort();
        // The lower quartile is what the code takes; above it the machine's other work begins.
        return first[first.Count / 4] / second[second.Count / 4];
    }
}
