namespace Tongxiang.Tests.Lab;

/// <summary>The real clock set to another day: it runs on from where it is moved to, and timers keep their real pace.</summary>
internal sealed class ShiftedTime(DateTimeOffset start) : TimeProvider
{
    private long offset = (start - System.GetUtcNow()).Ticks;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref offset));

    public void Move(DateTimeOffset to) => Interlocked.Exchange(ref offset, (to - System.GetUtcNow()).Ticks);
}
