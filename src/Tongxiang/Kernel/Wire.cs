using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Tongxiang.Kernel;

/// <summary>The one JSON form of API, columns and records: camel case, enums by name, Chinese unescaped.</summary>
public static class Wire
{
    public static JsonSerializerOptions Json { get; } = Make();

    public static void Apply(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DictionaryKeyPolicy = null;
        options.PropertyNameCaseInsensitive = true;
        options.Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.MaxDepth = 32;
        options.TypeInfoResolver = (options.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(NullMayBeAbsent);
        options.Converters.Add(new JsonStringEnumConverter());
        options.Converters.Add(new IdJson());
    }

    // Nulls are not written, so a parameter that takes null must not be demanded back.
    private static void NullMayBeAbsent(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
            if (property.IsRequired && property.AssociatedParameter is { IsNullable: true }) property.IsRequired = false;
    }

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Apply(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
