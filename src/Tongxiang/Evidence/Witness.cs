using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;

namespace Tongxiang.Evidence;

/// <summary>
/// This node as a witness of other logs (C2SP tlog-witness): it cosigns only what extends the last tree it cosigned, and remembers that before it answers.
/// So nobody who runs a log can show different histories to different readers, or go back to an older one.
/// </summary>
public sealed class Witness(Db db, Home home, NodeKey node, NodeSettings settings, WitnessSettings witness, TimeProvider clock) : IDisposable
{
    private const string Plain = "text/plain; charset=utf-8";
    private readonly SemaphoreSlim one = new(1, 1);
    private readonly IReadOnlyList<VerifierKey> logs = [.. witness.Logs.Select(VerifierKey.Parse)];
    private SignerKey? signer;

    /// <summary>The key with which this node cosigns.</summary>
    public VerifierKey Key => Signer().Verifier;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        var face = routes.MapGroup("/witness").DisableAntiforgery().WithTags("evidence");
        face.MapPost("/add-checkpoint", Answer).WithName("evidence.add-checkpoint");
        face.MapGet("/key", (Witness own) => TypedResults.Text(own.Key + "\n", Plain)).WithName("evidence.witness-key");
    }

    public void Dispose() => one.Dispose();

    private static async Task<IResult> Answer(HttpRequest request, Witness own, CancellationToken ct)
    {
        using var body = new MemoryStream();
        var buffer = new byte[8 << 10];
        for (int read; (read = await request.Body.ReadAsync(buffer, ct)) > 0;)
        {
            if (body.Length + read > AddCheckpoint.MaxBytes) return new Refusal(413, "evidence.witness-too-long", AddCheckpoint.MaxBytes).ToProblem();
            body.Write(buffer, 0, read);
        }
        return await own.Cosign(body.ToArray(), ct);
    }

    /// <summary>The answer that the protocol asks for: 200 with the cosignature, 403, 404, 409 with the known size, or 422.</summary>
    internal async Task<IResult> Cosign(byte[] body, CancellationToken ct)
    {
        AddCheckpoint request;
        Checkpoint next;
        try
        {
            request = AddCheckpoint.Parse(body);
            next = Checkpoint.Parse(request.Note.Text);
        }
        catch (FormatException e)
        {
            return new Refusal(400, "evidence.witness-form", e.Message).ToProblem();
        }
        var keys = logs.Where(k => k.Name == next.Origin).ToList();
        if (keys.Count == 0) return new Refusal(404, "evidence.witness-stranger", next.Origin).ToProblem();
        if (!IsSigned(request.Note, keys)) return new Refusal(403, "evidence.witness-signature", next.Origin).ToProblem();
        await one.WaitAsync(ct);
        try
        {
            return await Judge(request, next, ct);
        }
        finally
        {
            one.Release();
        }
    }

    private async Task<IResult> Judge(AddCheckpoint request, Checkpoint next, CancellationToken ct)
    {
        var known = await Known(next.Origin, ct);
        switch (WitnessRules.Judge(request, next, known))
        {
            case WitnessAnswer.Backwards:
                return new Refusal(400, "evidence.witness-backwards", request.Old, next.Size).ToProblem();
            case WitnessAnswer.NoProof:
                return new Refusal(422, "evidence.witness-proof", known?.Size ?? 0, next.Size).ToProblem();
            case WitnessAnswer.OtherSize or WitnessAnswer.Forked:
                return OtherSize(known?.Size ?? 0);
            default:
                if (await Remember(next, known, ct)) return TypedResults.Text(Line(request.Note), Plain);
                return OtherSize((await Known(next.Origin, ct))?.Size ?? 0);
        }
    }

    private static ContentHttpResult OtherSize(long known) => TypedResults.Text(string.Create(CultureInfo.InvariantCulture, $"{known}\n"), "text/x.tlog.size", statusCode: StatusCodes.Status409Conflict);

    // On record before the signature leaves: a witness that forgets could cosign a fork. The condition holds against other copies of this node.
    private async Task<bool> Remember(Checkpoint next, Checkpoint? known, CancellationToken ct)
    {
        var (root, at) = (next.Root.ToString(), clock.GetUtcNow());
        if (known is null)
            return await db.Run($"insert into evidence_witnessed (origin, size, root, seen_at) values ({next.Origin}, {next.Size}, {root}, {at}) on conflict (origin) do nothing", ct) == 1;
        return await db.Run($"update evidence_witnessed set size = {next.Size}, root = {root}, seen_at = {at} where origin = {next.Origin} and size = {known.Size} and root = {known.Root.ToString()}", ct) == 1;
    }

    private async Task<Checkpoint?> Known(string origin, CancellationToken ct) =>
        await db.One($"select size, root from evidence_witnessed where origin = {origin}",
            r => Digest.TryParse(r.GetString(1), out var root) ? new Checkpoint(origin, r.GetInt64(0), root) : throw new InvalidDataException($"The remembered root of {origin} cannot be read."), ct);

    private static bool IsSigned(Note note, IReadOnlyList<VerifierKey> keys)
    {
        try
        {
            return note.Verify(keys).Count > 0;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private string Line(Note note)
    {
        var signed = Note.Sign(note.Text, clock.GetUtcNow(), Signer()).ToString();
        return signed[(note.Text.Length + 1)..];
    }

    private SignerKey Signer()
    {
        if (signer is { } known) return known;
        var path = Path.Combine(home.Keys, "witness.key");
        if (KeyFile.Read(path, node) is { } kept) return signer = SignerKey.Parse(kept);
        var fresh = SignerKey.Generate(settings.LogOrigin + "/witness", NoteAlgorithm.Cosignature);
        KeyFile.Write(path, fresh.Secret(), node);
        return signer = fresh;
    }
}
