using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>How a client's certificate is known: that very one, or any that an accepted authority issued to its subject (RFC 8705 §2).</summary>
public enum CertificateKind { Registered, Subject }

/// <summary>A certificate with which a client's connections prove themselves.</summary>
/// <param name="Value">SHA-256 thumbprint (base64url) of a registered one; else the subject's distinguished name.</param>
/// <param name="Name">The subject, for people.</param>
/// <param name="NotAfter">When a registered one ends by itself.</param>
public sealed record ClientCertificate(Id<ClientCertificate> Id, Id<Client> Client, CertificateKind Kind, string Value, string Name, DateTimeOffset? NotAfter, DateTimeOffset AddedAt);

/// <summary>What is to be registered: the certificate as PEM, or the subject under which an accepted authority issues it.</summary>
public sealed record NewCertificate(string? Pem = null, string? Subject = null);
