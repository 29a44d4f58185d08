using System.Data.Common;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

// What a client may have beside its keys: certificates for its connections, and keys in a header for what is nearly open.
public sealed partial class Clients
{
    private const int MostCertificates = 5;
    private const int MostHeaderKeys = 5;

    /// <summary>Certificates in force, oldest first.</summary>
    public IReadOnlyList<ClientCertificate> CertificatesOf(Id<Client> id)
    {
        var at = clock.GetUtcNow();
        return now.Certificates.TryGetValue(id, out var known) ? [.. known.Where(c => c.NotAfter is null || c.NotAfter > at)] : [];
    }

    /// <summary>Header keys in force, oldest first.</summary>
    public IReadOnlyList<HeaderKey> HeaderKeysOf(Id<Client> id) => [.. now.HeaderKeys.Values.Select(k => k.Key).Where(k => k.Client == id).OrderBy(k => k.AddedAt)];

    /// <summary>Registers a further certificate; those before stay, so that a system can change over without a gap.</summary>
    public async Task<Outcome<ClientCertificate>> AddCertificate(Caller caller, Id<Client> id, NewCertificate given, CancellationToken ct)
    {
        if (Own(caller, id, out var client) is { } refusal) return refusal;
        var at = clock.GetUtcNow();
        var read = certificates.Read(given, at);
        if (read.IsRefused) return read.Refusal!;
        if (CertificatesOf(id).Count >= MostCertificates) return Refusal.Conflict("agencies.certificate-many", MostCertificates);
        var (kind, value, name, end) = read.Value;
        var certificate = new ClientCertificate(Id<ClientCertificate>.New(clock), client!.Id, kind, value, name, end, at);
        try
        {
            await db.Commit(async tx =>
            {
                await tx.Run(
                    $"""
                    insert into agencies_client_certificate (id, client, kind, value, name, not_after, added_at)
                    values ({certificate.Id}, {id}, {kind}, {value}, {name}, {end}, {at})
                    """);
                await Changed(tx, caller, id, "agencies.certificate-added", at, ("kind", kind.ToString()), ("value", value));
            }, ct);
        }
        catch (DbException e) when (Dialect.IsDuplicate(e))
        {
            // One that was withdrawn does not come back.
            return Refusal.Conflict("agencies.certificate-known");
        }
        await Refresh(ct);
        return certificate;
    }

    /// <summary>Withdraws a certificate and with it every token of the client: some may be bound to it.</summary>
    public async Task<Outcome<Client>> WithdrawCertificate(Caller caller, Id<Client> id, Id<ClientCertificate> certificate, CancellationToken ct)
    {
        if (Own(caller, id, out _) is { } refusal) return refusal;
        if (CertificatesOf(id).All(c => c.Id != certificate)) return Refusal.NotFound("certificate");
        var at = clock.GetUtcNow();
        await db.Commit(async tx =>
        {
            await tx.Run($"update agencies_client_certificate set until_at = {at} where id = {certificate} and client = {id}");
            await tx.Run($"update agencies_client set tokens_after = {at} where id = {id}");
            await Changed(tx, caller, id, "agencies.certificate-withdrawn", at, ("certificate", certificate.ToString()));
        }, ct);
        await Refresh(ct);
        return Find(id)!;
    }

    /// <summary>Makes a header key; its secret is in the answer and nowhere else.</summary>
    public async Task<Outcome<NewHeaderKey>> AddHeaderKey(Caller caller, Id<Client> id, CancellationToken ct)
    {
        if (Own(caller, id, out _) is { } refusal) return refusal;
        if (HeaderKeysOf(id).Count >= MostHeaderKeys) return Refusal.Conflict("agencies.header-key-many", MostHeaderKeys);
        var at = clock.GetUtcNow();
        var secret = HeaderKey.Make();
        var key = new HeaderKey(Id<HeaderKey>.New(clock), id, secret[..8], at);
        await db.Commit(async tx =>
        {
            await tx.Run($"insert into agencies_header_key (id, client, digest, hint, added_at) values ({key.Id}, {id}, {Hex(secret)}, {key.Hint}, {at})");
            await Changed(tx, caller, id, "agencies.header-key-added", at, ("key", key.Id.ToString()));
        }, ct);
        await Refresh(ct);
        return new NewHeaderKey(key, secret);
    }

    public async Task<Outcome<Client>> WithdrawHeaderKey(Caller caller, Id<Client> id, Id<HeaderKey> key, CancellationToken ct)
    {
        if (Own(caller, id, out _) is { } refusal) return refusal;
        if (HeaderKeysOf(id).All(k => k.Id != key)) return Refusal.NotFound("header-key");
        var at = clock.GetUtcNow();
        await db.Commit(async tx =>
        {
            await tx.Run($"update agencies_header_key set until_at = {at} where id = {key} and client = {id}");
            await Changed(tx, caller, id, "agencies.header-key-withdrawn", at, ("key", key.ToString()));
        }, ct);
        await Refresh(ct);
        return Find(id)!;
    }

    /// <summary>Whoever shows this header key; null: nobody.</summary>
    internal Bearer? OfHeaderKey(string secret)
    {
        if (!HeaderKey.HasForm(secret) || !now.HeaderKeys.TryGetValue(Hex(secret), out var known)) return null;
        return Find(known.Key.Client) is { IsEnabled: true } client
            ? known.Bearer ??= new Bearer(Caller.Of(client, directory), known.Key.Id.ToString(), known.Key.AddedAt, DateTimeOffset.MaxValue, false, null, null, null) { IsHeaderKey = true, Client = client, Clients = this }
            : null;
    }

    internal bool Knows(Id<Client> client, string headerKey) => now.HeaderKeys.Values.Any(k => k.Key.Client == client && k.Key.Id.ToString() == headerKey);

    /// <summary>Whether the connection's certificate is one of the client's.</summary>
    internal bool Proves(Client client, X509Certificate2 certificate) => certificates.IsOneOf(CertificatesOf(client.Id), certificate, clock.GetUtcNow());

    private Refusal? Own(Caller caller, Id<Client> id, out Client? client)
    {
        client = Find(id);
        if (client is null || !IsOwn(caller, client)) return Refusal.NotFound("client");
        return client.IsEnabled ? null : Refusal.Conflict("agencies.client-revoked", client.ClientId);
    }

    private static string Hex(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private sealed record KnownKey(HeaderKey Key)
    {
        public volatile Bearer? Bearer;
    }
}
