using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Portal.Kit;
using Tongxiang.Share;

namespace Tongxiang.Portal.Desk.Accords;

/// <summary>Colours and names that the pages of consents, changes, emergencies and return flows share.</summary>
static class Tints
{
    public static Tone Of(StandingState state) => state switch { StandingState.Signed => Tone.Ok, StandingState.Drafted => Tone.Info, _ => Tone.Plain };

    public static Tone Of(ChangeState state) => state switch { ChangeState.Filed => Tone.Ok, ChangeState.Consulting => Tone.Info, ChangeState.Rejected => Tone.Bad, _ => Tone.Plain };

    public static Tone Of(PreparedState state) => state switch { PreparedState.Ready => Tone.Ok, PreparedState.Revoked => Tone.Plain, _ => Tone.Info };

    public static Tone Of(ReturnState state) => state switch { ReturnState.Open => Tone.Ok, ReturnState.Refused => Tone.Bad, ReturnState.Closed => Tone.Plain, _ => Tone.Info };

    public static Tone Of(OnwardState state) => state switch { OnwardState.Agreed => Tone.Ok, OnwardState.Refused => Tone.Bad, OnwardState.Asked => Tone.Info, _ => Tone.Plain };

    /// <summary>What a refusal says about the fields of a form, and about the whole where it names none or a law is the ground.</summary>
    public static IReadOnlyList<Mistake> Said(this Visit visit, Refusal refusal) =>
        refusal is { Status: 400, Fields: [{ Key: "kernel.required", Field: "note" or "reason" } needed] } ? [new Mistake(needed.Field, visit["accord.needed-" + needed.Field])]
        : refusal.Fields.Count > 0 && refusal.Status != 400 ? [new Mistake(refusal.Fields[0].Field, visit.Why(refusal))] : visit.Mistakes(refusal);

    public static string Named(this Visit visit, Agencies.Directory directory, Id<Agency> id) => directory.Find(id) is { } agency ? visit.Pick(agency.Name, agency.NameEn) : "";

    /// <summary>The published entry that somebody names by its code, its address or its title.</summary>
    public static Entry? Called(this Catalogue catalogue, string said) =>
        catalogue.All.FirstOrDefault(e => e.IsPublished && (e.Code == said || e.Slug == said || e.Content.Name == said || e.Content.NameEn == said));

    /// <summary>Name of the field that somebody calls by its name or its title; what was said where there is none.</summary>
    public static string NameOf(this Entry entry, string said) => entry.Content.Fields.FirstOrDefault(f => f.Name == said || f.Title == said || f.TitleEn == said)?.Name ?? said;

    public static string Named(this Visit visit, Entry? entry) => entry is null ? "" : visit.Pick(entry.Content.Name, entry.Content.NameEn);

    /// <summary>Whether the caller signs as a head of the own sharing office, or for one.</summary>
    public static async ValueTask<bool> IsHead(this HeadDeputy deputy, Caller caller, CancellationToken ct) => caller.Has(Role.SharingOfficeHead) || await deputy(caller, ct) is not null;

    public static bool IsOffice(Caller caller) => caller.Has(Role.Steward) || caller.Has(Role.SharingOfficeHead);
}
