using System.Buffers;
using System.Buffers.Text;
using System.Formats.Asn1;
using System.Numerics;
using System.Text;
using Tongxiang.Core.Crypto;

namespace Tongxiang.Core.Protect;

/// <summary>Seals cells to a consumer's SM2 key in the national profile: <c>sm2.kid.text</c>, the text being the DER form of GM/T 0009 in base64url.</summary>
public static class Sm2Cell
{
    /// <param name="publicKey">65 bytes 04‖x‖y.</param>
    public static CellOperator Of(byte[] publicKey, string kid)
    {
        var head = Encoding.ASCII.GetBytes($"sm2.{kid}.");
        return (value, to) =>
        {
            to.Write(head);
            var sealedText = Der(Sm2.Encrypt(publicKey, value));
            Base64Url.EncodeToUtf8(sealedText, to.GetSpan(Base64Url.GetEncodedLength(sealedText.Length)), out _, out var written);
            to.Advance(written);
        };
    }

    /// <summary>C1C3C2 as the sequence of two coordinates, digest and text that other libraries read.</summary>
    public static byte[] Der(ReadOnlySpan<byte> joined)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(new BigInteger(joined[1..33], isUnsigned: true, isBigEndian: true));
            writer.WriteInteger(new BigInteger(joined[33..65], isUnsigned: true, isBigEndian: true));
            writer.WriteOctetString(joined[65..97]);
            writer.WriteOctetString(joined[97..]);
        }

        return writer.Encode();
    }
}
