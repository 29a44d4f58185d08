namespace Tongxiang.Kernel;

/// <summary>The domain says no: a value with a stable code, never an exception.</summary>
/// <param name="Status">HTTP status: 400, 401, 403, 404, 409, 413, 422, 429 …</param>
/// <param name="Code">Dotted and prefixed by the part, such as <c>share.no-basis</c>; title and detail stand in texts.json under
/// <c>Code</c> and <c>Code.detail</c>.</param>
public sealed record Refusal(int Status, string Code, params object?[] Args)
{
    /// <summary>The article of law that is the ground, where a law is.</summary>
    public string? Article { get; init; }

    /// <summary>For malformed input: field → text key with its arguments.</summary>
    public IReadOnlyList<FieldError> Fields { get; init; } = [];

    /// <summary>Seconds after which trying again makes sense.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Malformed input: every field with what is wrong and what would be right.</summary>
    public static Refusal Invalid(params FieldError[] fields) => new(400, "kernel.invalid-input") { Fields = fields };

    /// <summary>Does not exist, or is not for this caller to know of.</summary>
    public static Refusal NotFound(string what) => new(404, "kernel.not-found", Texts.Parts.Has(Thing(what)) ? new TextKey(Thing(what)) : what);

    // A kind of thing is said in the reader's language; an identifier stays as it is.
    private static string Thing(string what) => "kernel.thing." + what.Split('.')[^1];

    public static Refusal Forbidden(string code, params object?[] args) => new(403, code, args);

    public static Refusal Conflict(string code, params object?[] args) => new(409, code, args);
}

/// <summary>What is wrong with one field; the text under <paramref name="Key"/> names value and remedy.</summary>
public sealed record FieldError(string Field, string Key, params object?[] Args);

/// <summary>Something, or the refusal that came instead.</summary>
public readonly record struct Outcome<T>
{
    private readonly T? value;

    private Outcome(T? value, Refusal? refusal)
    {
        this.value = value;
        Refusal = refusal;
    }

    public Refusal? Refusal { get; }

    public bool IsRefused => Refusal is not null;

    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public T Value => Refusal is null ? value! : throw new InvalidOperationException($"Refused: {Refusal.Code}");

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Refusal refusal) => new(default, refusal);
}
