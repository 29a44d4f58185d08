using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace Tongxiang.Kernel;

/// <summary>
/// A key in an external device (PKCS#11: a cryptographic card or machine) that never leaves it: AES-256, made there, sensitive and not extractable.
/// It seals the node's master key; without the device the data folder holds no key that opens anything.
/// </summary>
[Core.Enforces(30)]
internal sealed class KeyDevice : IDisposable
{
    private const int NonceBytes = 12;
    private const int TagBits = 128;
    private readonly Pkcs11InteropFactories factories = new();
    private readonly IPkcs11Library library;
    private readonly ISession session;
    private readonly IObjectHandle key;

    // Debian has the loader's library under its version only.
    static KeyDevice() => NativeLibrary.SetDllImportResolver(typeof(Pkcs11InteropFactories).Assembly, Resolve);

    /// <param name="module">The device's PKCS#11 library.</param>
    /// <param name="token">Label of the token.</param>
    /// <param name="label">Label of the key on it; made at the first use.</param>
    /// <exception cref="FileNotFoundException">No library there, or no such token; the message says which are.</exception>
    /// <exception cref="UnauthorizedAccessException">The device refuses the PIN.</exception>
    public KeyDevice(string module, string token, string label, string pin)
    {
        if (!File.Exists(module)) throw new FileNotFoundException($"Node:KeyModule: there is no library {module}. / 找不到该 PKCS#11 库。");
        library = factories.Pkcs11LibraryFactory.LoadPkcs11Library(factories, module, AppType.MultiThreaded);
        try
        {
            session = Slot(token).OpenSession(SessionType.ReadWrite);
            session.Login(CKU.CKU_USER, pin);
            key = Find(label) ?? Make(label);
        }
        catch (Pkcs11Exception e)
        {
            library.Dispose();
            throw new UnauthorizedAccessException($"Node:KeyToken: the device refuses ({e.RV}); check the PIN in Node:KeyPinFile. / 密码设备拒绝访问，请检查 PIN。", e);
        }
        catch (FileNotFoundException)
        {
            library.Dispose();
            throw;
        }
    }

    public byte[] Seal(byte[] secret, string context)
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        using var parameters = factories.MechanismParamsFactory.CreateCkGcmParams(nonce, NonceBytes * 8, System.Text.Encoding.UTF8.GetBytes(context), TagBits);
        using var mechanism = factories.MechanismFactory.Create(CKM.CKM_AES_GCM, parameters);
        return [.. nonce, .. session.Encrypt(mechanism, key, secret)];
    }

    /// <exception cref="CryptographicException">Sealed by another key, for another use, or changed.</exception>
    public byte[] Open(byte[] blob, string context)
    {
        if (blob.Length <= NonceBytes) throw new CryptographicException("The sealed key is cut.");
        using var parameters = factories.MechanismParamsFactory.CreateCkGcmParams(blob[..NonceBytes], NonceBytes * 8, System.Text.Encoding.UTF8.GetBytes(context), TagBits);
        using var mechanism = factories.MechanismFactory.Create(CKM.CKM_AES_GCM, parameters);
        try
        {
            return session.Decrypt(mechanism, key, blob[NonceBytes..]);
        }
        catch (Pkcs11Exception e)
        {
            throw new CryptographicException($"The device does not open the sealed key ({e.RV}).", e);
        }
    }

    public void Dispose()
    {
        session.Dispose();
        library.Dispose();
    }

    private ISlot Slot(string token)
    {
        var slots = library.GetSlotList(SlotsType.WithTokenPresent);
        return slots.FirstOrDefault(s => s.GetTokenInfo().Label.Trim() == token)
            ?? throw new FileNotFoundException($"Node:KeyToken: there is no token '{token}'; the device has: {string.Join(", ", slots.Select(s => s.GetTokenInfo().Label.Trim()))}. / 设备中没有该令牌。");
    }

    private IObjectHandle? Find(string label) => session.FindAllObjects(
    [
        factories.ObjectAttributeFactory.Create(CKA.CKA_CLASS, CKO.CKO_SECRET_KEY),
        factories.ObjectAttributeFactory.Create(CKA.CKA_LABEL, label),
    ]).FirstOrDefault();

    private IObjectHandle Make(string label)
    {
        var attribute = factories.ObjectAttributeFactory;
        using var mechanism = factories.MechanismFactory.Create(CKM.CKM_AES_KEY_GEN);
        return session.GenerateKey(mechanism,
        [
            attribute.Create(CKA.CKA_CLASS, CKO.CKO_SECRET_KEY), attribute.Create(CKA.CKA_KEY_TYPE, CKK.CKK_AES), attribute.Create(CKA.CKA_VALUE_LEN, 32), attribute.Create(CKA.CKA_LABEL, label),
            attribute.Create(CKA.CKA_TOKEN, true), attribute.Create(CKA.CKA_PRIVATE, true), attribute.Create(CKA.CKA_SENSITIVE, true), attribute.Create(CKA.CKA_EXTRACTABLE, false),
            attribute.Create(CKA.CKA_ENCRYPT, true), attribute.Create(CKA.CKA_DECRYPT, true),
        ]);
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        OperatingSystem.IsLinux() && name.StartsWith("libdl", StringComparison.Ordinal) && NativeLibrary.TryLoad("libdl.so.2", out var found) ? found : 0;
}
