using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tongxiang.Kernel;

/// <summary>The identity of one <typeparamref name="T"/>: a UUIDv7, so ids sort by the time they were made.</summary>
[JsonConverter(typeof(IdJson))]
public readonly record struct Id<T>(Guid Value) : IParsable<Id<T>>, IComparable<Id<T>>
{
    public static Id<T> New(TimeProvider clock) => new(Guid.CreateVersion7(clock.GetUtcNow()));

    public static Id<T> Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is no id.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Id<T> result)
    {
        var good = Guid.TryParseExact(s, "D", out var guid);
        result = new Id<T>(guid);
        return good;
    }

    public int CompareTo(Id<T> other) => string.CompareOrdinal(ToString(), other.ToString());
    public static bool operator <(Id<T> left, Id<T> right) => left.CompareTo(right) < 0;
    public static bool operator >(Id<T> left, Id<T> right) => left.CompareTo(right) > 0;
    public static bool operator <=(Id<T> left, Id<T> right) => left.CompareTo(right) <= 0;
    public static bool operator >=(Id<T> left, Id<T> right) => left.CompareTo(right) >= 0;

    /// <summary>The form in columns, routes and JSON: 36 characters, lower case.</summary>
    public override string ToString() => Value.ToString("D");
}

/// <summary>Writes every <see cref="Id{T}"/> as its 36-character text.</summary>
public sealed class IdJson : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Id<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Of<T> : JsonConverter<Id<T>>
    {
        public override Id<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Id<T>.TryParse(reader.GetString(), null, out var id) ? id : throw new JsonException("Not an id of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx.");

        public override void Write(Utf8JsonWriter writer, Id<T> value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());

        public override Id<T> ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(ref reader, typeToConvert, options);

        public override void WriteAsPropertyName(Utf8JsonWriter writer, Id<T> value, JsonSerializerOptions options) => writer.WritePropertyName(value.ToString());
    }
}
