using System.Buffers;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Core.Crypto;
using Tongxiang.Core.Elements;
using Tongxiang.Core.Protect;

namespace Tongxiang.Bench;

/// <summary>What the protection of one cell costs: CPU time and bytes on the heap, form by form.</summary>
internal static class Protect
{
    private const int cells = 200_000;

    public static int Run(string[] args)
    {
        var rounds = args.Length > 0 ? int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : 3;
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var jwe = new Jwe(key.ExportParameters(false).Q, "k1", "people/id");
        var clock = TimeProvider.System;
        (string Name, CellOperator Cell, Func<int, string> Value)[] forms =
        [
            ("mask, name", Masks.Of(ElementKind.PersonName), i => i % 3 == 0 ? "欧阳明月" : i % 3 == 1 ? "张三" : "阿卜杜拉·买买提"),
            ("mask, name with a rare sign", Masks.Of(ElementKind.PersonName), _ => "𠮷\U000E0100三"),
            ("mask, citizen id", Masks.Of(ElementKind.CitizenId), Citizen),
            ("mask, mobile", Masks.Of(ElementKind.Mobile), Phone),
            ("mask, address", Masks.Of(ElementKind.Address), i => $"四川省成都市武侯区人民南路四段{i % 300}号"),
            ("mask, date", Masks.Of(ElementKind.Date), i => $"19{i % 100:00}-05-17"),
            ("generalised, date to month", Generalising.To(ElementKind.Date, "month", clock)!, i => $"19{i % 100:00}-05-17"),
            ("generalised, date to age band", Generalising.To(ElementKind.Date, "age-5", clock)!, i => $"19{i % 100:00}-05-17"),
            ("generalised, number", Generalising.To(ElementKind.Money, "1000", clock)!, i => $"{i}.50"),
            .. Keyed(SealAlgorithm.Aes256Gcm, "HMAC-SHA-256", "FF1-AES"),
            .. Keyed(SealAlgorithm.Sm4Gcm, "HMAC-SM3", "FF1-SM4"),
            ("sealed, JWE ECDH-ES A256GCM", jwe.Seal, Citizen),
            ("sealed, SM2", Sm2Cell.Of(Sm2.Generate().Public, "k1"), Citizen),
        ];
        Console.WriteLine($"{"form",-34} {"µs/cell",9} {"bytes/cell",11}   ({cells:N0} cells, least of {rounds} rounds, CPU time of the process)");
        foreach (var (name, cell, value) in forms) Measure(name, cell, value, name.EndsWith("SM2", StringComparison.Ordinal) ? 500 : cells, rounds);
        return 0;
    }

    private static IEnumerable<(string, CellOperator, Func<int, string>)> Keyed(SealAlgorithm algorithm, string mac, string ff1)
    {
        var secret = RandomNumberGenerator.GetBytes(32);
        yield return ($"pseudonym, {mac}", new Pseudonyms(algorithm, secret).Of(ElementKind.CitizenId), Citizen);
        yield return ($"token, citizen id, {ff1}", new Tokens(algorithm, secret).Of(ElementKind.CitizenId, "whole")!, Citizen);
        yield return ($"token, mobile, {ff1}", new Tokens(algorithm, secret).Of(ElementKind.Mobile, "segment")!, Phone);
    }

    private static void Measure(string name, CellOperator cell, Func<int, string> value, int count, int rounds)
    {
        var values = Enumerable.Range(0, count).Select(i => Encoding.UTF8.GetBytes(value(i))).ToArray();
        var to = new ArrayBufferWriter<byte>(4096);
        foreach (var warm in values.Take(20_000)) Once(cell, warm, to);
        var (best, bytes) = (double.MaxValue, 0L);
        for (var round = 0; round < rounds; round++)
        {
            var (cpu, heap) = (Process.GetCurrentProcess().TotalProcessorTime, GC.GetAllocatedBytesForCurrentThread());
            foreach (var one in values) Once(cell, one, to);
            bytes = (GC.GetAllocatedBytesForCurrentThread() - heap) / count;
            best = Math.Min(best, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds / count);
        }

        Console.WriteLine($"{name,-34} {best,9:0.000} {bytes,11:N0}");
    }

    private static void Once(CellOperator cell, byte[] value, ArrayBufferWriter<byte> to)
    {
        cell(value, to);
        to.ResetWrittenCount();
    }

    private static string Citizen(int number)
    {
        var seventeen = $"290101{1950 + number % 50}0101{number % 1000:000}";
        return seventeen + CitizenId.CheckCharacter(Encoding.ASCII.GetBytes(seventeen));
    }

    private static string Phone(int number) => $"138{number:00000000}";
}
