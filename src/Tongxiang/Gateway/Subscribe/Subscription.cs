using System.Data.Common;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Gateway.Subscribe;

/// <summary>What is sent: the changed rows as the right gives them, or only that there is something new.</summary>
public enum PushPayload { Rows, Reference }

/// <summary>How a delivery stands.</summary>
public enum DeliveryState { Waiting, Sent, Dead }

/// <summary>Where the changes under a right of use are pushed to.</summary>
/// <param name="Client">The system that receives them; when it is revoked nothing is sent any more.</param>
/// <param name="Case">Standing case number of the pushes, for rights that need one.</param>
/// <param name="Operator">Who answers for it: the person who set it up.</param>
/// <param name="Place">What has arrived so far.</param>
/// <param name="Held">Code of the refusal that holds it at present; null while it runs.</param>
public sealed record Subscription(
    Id<Grant> Grant, Id<Client> Client, string Url, PushPayload Payload, string Case, string Operator, bool IsEnabled, EventPlace Place, string? Held, DateTimeOffset CreatedAt)
{
    internal static Subscription Read(DbDataReader r) => new(
        r.Id<Grant>(0), r.Id<Client>(1), r.GetString(2), r.Kind<PushPayload>(3), r.GetString(4), r.GetString(5), r.Flag(6), new EventPlace(r.GetInt64(7), (int)r.GetInt64(8)), r.TextOrNull(9), r.Instant(10));
}

/// <summary>One event on its way, or arrived, or given up.</summary>
/// <param name="From">Where the follower stood before it.</param>
/// <param name="Event">Its id, the same at every try.</param>
public sealed record Delivery(EventPlace From, string Event, DeliveryState State, long Attempts, string? Error, long Rows, DateTimeOffset CreatedAt, DateTimeOffset? DoneAt);
