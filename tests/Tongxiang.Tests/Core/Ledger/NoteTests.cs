using System.Text;
using CsCheck;
using Tongxiang.Core.Ledger;

namespace Tongxiang.Tests.Core.Ledger;

public sealed class NoteTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private const string ExampleKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    private const string Example = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    [Fact]
    public void The_example_of_the_specification_verifies()
    {
        var note = Note.Parse(Encoding.UTF8.GetBytes(Example));
        Assert.Equal("This is an example message.\n", note.Text);
        Assert.Equal(ExampleKey, Assert.Single(note.Verify(VerifierKey.Parse(ExampleKey))).ToString());
        Assert.Equal(Example, note.ToString());
    }

    [Theory]
    [InlineData(NoteAlgorithm.Ed25519)]
    [InlineData(NoteAlgorithm.Sm2)]
    [InlineData(NoteAlgorithm.Cosignature)]
    public void A_key_is_printed_and_read_and_verifies_its_own_notes_only(NoteAlgorithm algorithm)
    {
        var signer = SignerKey.Parse(SignerKey.Generate("data.example.gov.cn/log", algorithm).Secret());
        var key = VerifierKey.Parse(signer.Verifier.ToString());
        Assert.Equal(signer.Verifier, key);
        var note = Note.Parse(Note.Sign("存证\n第二行\n", At, signer).Bytes());
        Assert.Equal(key, Assert.Single(note.Verify(key)));
        Assert.Throws<InvalidDataException>(() => note.Verify(SignerKey.Generate("data.example.gov.cn/log", algorithm).Verifier));
        Assert.Throws<InvalidDataException>(() => (note with { Text = "存证\n另一行\n" }).Verify(key));
    }

    [Fact]
    public void Both_lines_of_the_national_profile_are_checked()
    {
        var (first, second) = (SignerKey.Generate("a/log", NoteAlgorithm.Ed25519), SignerKey.Generate("a/log", NoteAlgorithm.Sm2));
        var note = Note.Sign("x\n", At, first, second);
        Assert.Equal(2, note.Verify(first.Verifier, second.Verifier).Count);
        Assert.Single(note.Verify(first.Verifier)); // verifiers of others ignore the SM2 line
        var forged = note with { Signatures = [note.Signatures[0], note.Signatures[1] with { Signature = new byte[64] }] };
        Assert.Throws<InvalidDataException>(() => forged.Verify(first.Verifier, second.Verifier));
        Assert.Throws<InvalidDataException>(() => (note with { Signatures = [note.Signatures[0], note.Signatures[0]] }).Verify(first.Verifier));
    }

    [Fact]
    public void Any_changed_byte_of_a_note_is_found()
    {
        var key = VerifierKey.Parse(ExampleKey);
        var bytes = Encoding.UTF8.GetBytes(Example);
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte[1, 255]).Sample((at, mask) =>
        {
            var changed = bytes.ToArray();
            changed[at] ^= mask;
            return Refuses(() => Note.Parse(changed).Verify(key));
        }, iter: 3000);
        Assert.All(Enumerable.Range(0, bytes.Length), cut => Assert.True(Refuses(() => Note.Parse(bytes.AsSpan(0, cut)).Verify(key))));
    }

    [Theory]
    [InlineData("no empty line\n— a AAAAAAAA\n")]
    [InlineData("x\n\n- a AAAAAAAA\n")]
    [InlineData("x\n\n— a b AAAAAAAA\n")]
    [InlineData("x\n\n— a+b AAAAAAAA\n")]
    [InlineData("x\n\n—  AAAAAAAA\n")]
    [InlineData("x\n\n— a AAAA\n")]
    [InlineData("x\n\n— a AAAAAAB=\n")]
    [InlineData("x\n\n— a AAAAAAAA")]
    [InlineData("x\ty\n\n— a AAAAAAAA\n")]
    [InlineData("x\n\n")]
    [InlineData("")]
    public void What_is_no_note_is_refused(string text) => Assert.Throws<FormatException>(() => Note.Parse(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/fo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903a+Aeky")]
    [InlineData("example.com/foo")]
    [InlineData("")]
    public void A_changed_key_is_refused(string text) => Assert.Throws<FormatException>(() => VerifierKey.Parse(text));

    [Fact]
    public void The_text_is_everything_before_the_last_empty_line()
    {
        var signer = SignerKey.Generate("a", NoteAlgorithm.Ed25519);
        var note = Note.Parse(Note.Sign("one\n\ntwo\n", At, signer).Bytes());
        Assert.Equal("one\n\ntwo\n", note.Text);
        note.Verify(signer.Verifier);
    }

    [Theory]
    [InlineData("a\n5\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n", true)]
    [InlineData("a\n0\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\nextension\n", true)]
    [InlineData("a\n05\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n", false)]
    [InlineData("a\n-5\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n", false)]
    [InlineData("a\n5\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383c=\n", false)]
    [InlineData("a\n5\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383ct=\n", false)]
    [InlineData("\n5\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n", false)]
    [InlineData("a\n5\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n\nx\n", false)]
    [InlineData("a\n5\n", false)]
    public void A_checkpoint_has_three_lines(string text, bool valid)
    {
        if (valid)
            Assert.Equal("a", Checkpoint.Parse(text).Origin);
        else
            Assert.Throws<FormatException>(() => Checkpoint.Parse(text));
    }

    private static bool Refuses(Action open)
    {
        try
        {
            open();
            return false;
        }
        catch (Exception e) when (e is FormatException or InvalidDataException)
        {
            return true;
        }
    }
}
