using Tongxiang.Agencies;
using Tongxiang.Core;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>From the first delivery to the disposal: delivered, suspended, resumed, ended, disposed of.</summary>
public sealed partial class Applications
{
    /// <summary>Records the first real delivery under a grant; later ones cost a look into memory and nothing else (Order 809 art. 22).</summary>
    /// <param name="mode">How it was delivered.</param>
    [Enforces(12)]
    public async ValueTask Delivered(Id<Grant> grantId, Catalog.Mode mode, CancellationToken ct)
    {
        if (grants.Active.IsDelivered(grantId)) return;
        if (await grants.Load(grantId, ct) is not { Application: { } application } grant) return;
        var taken = await Take(Caller.Platform, application, Step.Deliver, null, null, m => m.Now with { DeliveredAt = m.At }, ct, async (tx, m, next, _) =>
        {
            await Grants.MarkDelivered(tx, grant.Id, m.At);
            return next;
        });
        // A second copy may have been first; anything else that stands in the way (a suspension) is the gateway's to refuse.
        if (taken.Refusal is { Status: not 409 } refusal) throw new InvalidOperationException($"The delivery by {mode} under {grant.Number} could not be recorded: {refusal.Code}");
    }

    /// <summary>Takes the right of use away at once, for as long as it needs (Order 809 art. 27).</summary>
    [Enforces(20)]
    public Task<Outcome<Application>> Suspend(Caller caller, Id<Application> id, long? seen, string reason, CancellationToken ct) =>
        Take(caller, id, Step.Suspend, seen, reason, m => m.Now with { SuspendedBy = SideOf(m), Reason = reason }, ct, Follow(GrantState.Suspended, reason));

    /// <summary>Gives it back; the reason is the record of the rectification.</summary>
    [Enforces(20)]
    public Task<Outcome<Application>> Resume(Caller caller, Id<Application> id, long? seen, string rectification, CancellationToken ct) =>
        Take(caller, id, Step.Resume, seen, rectification, m => m.Now with { SuspendedBy = null, Reason = null }, ct, Follow(GrantState.Active, rectification));

    /// <summary>Ends the right of use; what the consumer holds must then be disposed of.</summary>
    /// <param name="filing">Filing number with the bureau: needed when a provider stops a running service (Order 809 art. 27).</param>
    [Enforces(21, 24)]
    public async Task<Outcome<Application>> End(Caller caller, Id<Application> id, long? seen, EndGround ground, string reason, string? filing, CancellationToken ct)
    {
        var isFiled = changes is null || ground != EndGround.ServiceStopped || (await Load(id, ct) is { } found && await changes.PermitsStop(found.Entry, filing, ct));
        return await Take(caller, id, Step.End, seen, filing is null ? reason : $"{reason}（{filing}）", m =>
        {
            if (EndRules.May(m.Now, ground, filing, SideOf(m)) is { } refusal) return refusal;
            if (!isFiled && m.Now.Lane == Lane.Sharing && SideOf(m) != Side.Platform) return new Refusal(409, "share.filing-unknown", filing) { Article = Law.Order809(27), Fields = [new FieldError("filing", "kernel.required")] };
            return m.Now with { Reason = reason };
        }, ct, Follow(GrantState.Ended, reason));
    }

    /// <summary>The consumer records how the data were disposed of; until then the task stays open.</summary>
    [Enforces(24)]
    public Task<Outcome<Application>> Dispose(Caller caller, Id<Application> id, long? seen, string proof, CancellationToken ct) =>
        Take(caller, id, Step.Dispose, seen, proof, m => m.Now with { Reason = proof }, ct);

    /// <summary>Ends what has run out; safe to repeat.</summary>
    public async Task EndExpired(CancellationToken ct)
    {
        foreach (var application in await grants.Expired(clock.GetUtcNow(), ct))
            await End(Caller.Platform, application, null, EndGround.Expired, "到期 (term over)", null, ct);
    }

    private Func<Tx, Moment, Application, string, Task<Application>> Follow(GrantState state, string reason) => async (tx, m, next, _) =>
    {
        await grants.Change(tx, next.Grant!.Value, state, reason, m.Caller, m.At);
        return next;
    };
}

/// <summary>Who may end a right of use on which ground.</summary>
public static class EndRules
{
    private static readonly EndGround[] OfUser = [EndGround.PurposeAchieved, EndGround.PurposeImpossible, EndGround.NoLongerNeeded];

    /// <summary>The grounds a side can name. Whether a purpose is achieved or gone is the user's to say, or the bureau's: a provider that says so would stop a service without talks (art. 27 ¶3).</summary>
    public static IReadOnlyList<EndGround> Allowed(Lane lane, Side side) => side switch
    {
        Side.Applicant => OfUser,
        Side.Provider or Side.ProviderHead when lane == Lane.Sharing => [EndGround.Misuse, EndGround.ServiceStopped],
        _ => [.. OfUser, EndGround.Misuse, EndGround.ServiceStopped],
    };

    public static Refusal? May(Application now, EndGround ground, string? filing, Side side)
    {
        if (side == Side.Platform) return null;
        if (!Allowed(now.Lane, side).Contains(ground)) return Refusal.Invalid(new FieldError("ground", "share.field.end-ground", Say.End(ground)));
        // Art. 27 ¶3: a running service is not stopped without talks with the user and a filing.
        if (ground == EndGround.ServiceStopped && now.Lane == Lane.Sharing && string.IsNullOrWhiteSpace(filing))
            return new Refusal(422, "share.filing-required", now.Number) { Article = Law.Order809(27), Fields = [new FieldError("filing", "kernel.required")] };
        // Art. 27 ¶2: misuse is met by suspension first; only what stays wrong is ended.
        if (ground == EndGround.Misuse && now.State != ApplicationState.Suspended) return Refusal.Conflict("share.suspend-first", now.Number) with { Article = ReplyRules.ArticleOf(now, 27) };
        return null;
    }
}
