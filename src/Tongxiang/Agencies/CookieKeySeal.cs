using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Seals the keys of cookies and form tokens with the node key, so that their files alone open no session.</summary>
internal sealed class CookieKeySeal(IServiceProvider services) : IXmlEncryptor, IXmlDecryptor
{
    private const string Context = "agencies.cookie-key";
    private readonly NodeKey nodeKey = services.GetRequiredService<NodeKey>();

    public EncryptedXmlInfo Encrypt(XElement plaintextElement) =>
        new(new XElement("sealed", Convert.ToBase64String(nodeKey.Wrap(Encoding.UTF8.GetBytes(plaintextElement.ToString()), Context))), typeof(CookieKeySeal));

    public XElement Decrypt(XElement encryptedElement) =>
        XElement.Parse(Encoding.UTF8.GetString(nodeKey.Unwrap(Convert.FromBase64String(encryptedElement.Value), Context)));
}
