using Tongxiang.Kernel;

namespace Tongxiang.Gateway;

/// <summary>
/// Places for calls that work at the same time. While there are free ones nobody waits and nothing is locked. When all are taken, the next free place goes to the
/// consumer who holds the fewest (max–min fairness): a crowd of one consumer waits behind itself, never before another.
/// </summary>
/// <param name="places">Calls that may work at once.</param>
/// <param name="mostWaiting">Calls of one consumer that may wait; further ones are turned away at once.</param>
public sealed class Turns(int places, int mostWaiting)
{
    private const int mostConsumers = 10_000;
    private readonly SizedMap<string, Consumer> consumers = new(StringComparer.Ordinal);
    private readonly List<Consumer> queues = [];
    private readonly Lock gate = new();
    private int taken;
    private int waiting;

    /// <summary>Places in use, and calls that wait for one.</summary>
    public (int Taken, int Waiting) Now => (Volatile.Read(ref taken), Volatile.Read(ref waiting));

    /// <summary>A place for the consumer, at once or when its turn comes; null when too many of its calls wait already.</summary>
    /// <param name="isPatient">Waits behind however many.</param>
    public ValueTask<Turn?> Enter(string consumer, CancellationToken ct, bool isPatient = false)
    {
        if (!consumers.TryGet(consumer, out var own))
        {
            if (consumers.Size > mostConsumers) Forget();
            own = consumers.GetOrAdd(consumer, new Consumer(this));
        }
        if (Volatile.Read(ref waiting) == 0)
        {
            if (Interlocked.Increment(ref taken) <= places)
            {
                Interlocked.Increment(ref own.Holds);
                return new ValueTask<Turn?>(new Turn(own));
            }
            Interlocked.Decrement(ref taken);
        }
        return Wait(own, isPatient, ct);
    }

    private void Forget()
    {
        lock (gate)
            foreach (var (name, consumer) in consumers)
                if (Volatile.Read(ref consumer.Holds) == 0 && consumer.Queue.Count == 0) consumers.Remove(name);
    }

    private async ValueTask<Turn?> Wait(Consumer own, bool isPatient, CancellationToken ct)
    {
        TaskCompletionSource<bool> place;
        lock (gate)
        {
            if (!isPatient && own.Queue.Count >= mostWaiting) return null;
            place = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            own.Queue.Enqueue(place);
            if (own.Queue.Count == 1) queues.Add(own);
            Interlocked.Increment(ref waiting);
            // A place may have become free between the look and the lock.
            GiveFree_NeedsLock();
        }
        await using var gone = ct.UnsafeRegister(static state => ((TaskCompletionSource<bool>)state!).TrySetResult(false), place);
        if (await place.Task) return new Turn(own);
        ct.ThrowIfCancellationRequested();
        throw new InvalidOperationException("A place was refused without a reason.");
    }

    private void Leave(Consumer own)
    {
        Interlocked.Decrement(ref own.Holds);
        Interlocked.Decrement(ref taken);
        if (Volatile.Read(ref waiting) == 0) return;
        lock (gate) GiveFree_NeedsLock();
    }

    private void GiveFree_NeedsLock()
    {
        while (queues.Count > 0)
        {
            if (Interlocked.Increment(ref taken) > places)
            {
                Interlocked.Decrement(ref taken);
                return;
            }
            if (!Give_NeedsLock()) Interlocked.Decrement(ref taken);
        }
    }

    // Of those who wait, whoever holds least; among equals whoever began to wait first.
    private bool Give_NeedsLock()
    {
        var next = queues[0];
        foreach (var queue in queues)
            if (Volatile.Read(ref queue.Holds) < Volatile.Read(ref next.Holds)) next = queue;
        var place = next.Queue.Dequeue();
        queues.Remove(next);
        // To the end of the row, so that equals take turns.
        if (next.Queue.Count > 0) queues.Add(next);
        Interlocked.Decrement(ref waiting);
        Interlocked.Increment(ref next.Holds);
        if (place.TrySetResult(true)) return true;
        // It went away while it waited.
        Interlocked.Decrement(ref next.Holds);
        return false;
    }

    internal sealed class Consumer(Turns turns)
    {
        public readonly Queue<TaskCompletionSource<bool>> Queue = new();
        public int Holds;

        public void Leave() => turns.Leave(this);
    }
}

/// <summary>A place that a call holds until it is disposed; once.</summary>
public sealed class Turn : IDisposable
{
    private Turns.Consumer? consumer;

    internal Turn(Turns.Consumer consumer) => this.consumer = consumer;

    public void Dispose() => Interlocked.Exchange(ref consumer, null)?.Leave();
}
