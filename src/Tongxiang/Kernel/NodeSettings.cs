using System.ComponentModel.DataAnnotations;

namespace Tongxiang.Kernel;

/// <summary>What a node is and where it keeps its things; section <c>Node</c> of the settings, validated at start.</summary>
public sealed record NodeSettings
{
    /// <summary>Name of the platform in Chinese, shown in the header.</summary>
    [Required, StringLength(60, MinimumLength = 2)]
    public string Name { get; init; } = "通享公共数据平台";

    [Required, StringLength(120, MinimumLength = 2)]
    public string NameEn { get; init; } = "Tongxiang Public Data";

    /// <summary>Division code of the region this node serves.</summary>
    [Required, RegularExpression("^[0-9]{6}$")]
    public string Division { get; init; } = "290000";

    /// <summary>Name of the evidence log: a domain or path the authority owns. It can never change once entries stand in it.</summary>
    [Required, RegularExpression("^[a-z0-9][a-z0-9./-]{2,99}$")]
    public string LogOrigin { get; init; } = "tongxiang.example/log";

    /// <summary>Commercial cryptography (国密): checkpoints carry an SM2 line, openings are sealed with SM4.</summary>
    public bool NationalProfile { get; init; }

    /// <summary>Folder of all data of this node.</summary>
    [Required]
    public string Data { get; init; } = "data";

    public Store Store { get; init; } = Store.Sqlite;

    /// <summary>Only for PostgreSQL; the embedded store lies in the data folder.</summary>
    public string? Database { get; init; }

    /// <summary>Template of catalogue codes: {class} and {number}; the number never comes twice.</summary>
    [Required, RegularExpression(@"^.*\{class\}.*\{number(:0+)?\}.*$")]
    public string CodeTemplate { get; init; } = "{class}/{number:000000}";

    /// <summary>The address under which others reach the node; null: as they called it.</summary>
    [Url]
    public string? PublicUrl { get; init; }

    /// <summary>PKCS#11 library of a device that holds the key above all keys; null: it lies in a file of the keys folder.</summary>
    public string? KeyModule { get; init; }

    /// <summary>Label of the token in the device.</summary>
    public string? KeyToken { get; init; }

    /// <summary>Label of the key on the token; made there at the first start.</summary>
    [Required, StringLength(60, MinimumLength = 1)]
    public string KeyLabel { get; init; } = "tongxiang-node";

    /// <summary>File with the PIN of the token, readable by the node's user alone.</summary>
    public string? KeyPinFile { get; init; }

    public string ConnectionString(Home home) => Store == Store.Sqlite
        ? Dialect.SqliteFile(home.ControlFile)
        : Database ?? throw new ValidationException("Node:Database is missing: Node:Store is PostgreSql, so give its connection string.");
}
