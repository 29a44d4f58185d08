using System.Text.Json;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Protect;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Share;

public sealed class FieldFormsTests
{
    private static readonly Field id = Facts.Field("id_number", personal: true) with { Element = "citizen-id", Grade = Grade.Important };

    [Theory]
    [InlineData(FieldAnswer.Pseudonym, null, null, null)]
    [InlineData(FieldAnswer.Pseudonym, "joinable", null, null)]
    [InlineData(FieldAnswer.Token, "division", null, null)]
    [InlineData(FieldAnswer.Token, null, null, "protect.detail")]
    [InlineData(FieldAnswer.Token, "birth", null, "protect.detail")]
    [InlineData(FieldAnswer.Generalised, "year", null, "protect.no-level")]
    [InlineData(FieldAnswer.Masked, null, null, "protect.plainer-than-grade")]
    [InlineData(FieldAnswer.Plain, null, null, "protect.plainer-than-grade")]
    [InlineData(FieldAnswer.Plain, null, "需要", "protect.exception-short")]
    [InlineData(FieldAnswer.Plain, null, "依据刑事诉讼法办理案件，须核对本人", null)]
    [InlineData(FieldAnswer.NotGiven, null, null, null)]
    public void A_reply_is_not_plainer_than_the_grade_without_a_ground(FieldAnswer answer, string? detail, string? ground, string? wrong)
    {
        var decision = new FieldDecision("id_number", answer, "不需要") { Detail = detail, Exception = ground };
        var entry = Facts.Entry(fields: [id, Facts.Field("division")]);
        var errors = ReplyRules.Check(Facts.Application(ApplicationState.Submitted) with { Wish = Facts.Wish("id_number", "division") }, entry, Facts.Consent(decision, new("division", FieldAnswer.Plain, null)) with { LowestAssurance = Assurance.BoundToken });
        Assert.Equal(wrong is null ? [] : [wrong], errors.Select(e => e.Key));
        if (wrong is not null) Assert.Equal("fields.id_number", errors[0].Field);
    }

    [Fact]
    public void Core_data_and_important_data_outside_have_no_exception()
    {
        const string ground = "依据刑事诉讼法办理案件，须核对本人";
        FieldError? Check(Lane lane, Grade grade, FieldAnswer answer) => FieldForms.Check(lane, Facts.Entry(fields: id with { Grade = grade }), id with { Grade = grade }, new FieldDecision("id_number", answer, null) { Exception = ground });
        Assert.Equal("protect.never-leaves", Check(Lane.Sharing, Grade.Core, FieldAnswer.Suppressed)?.Key);
        Assert.Equal("protect.no-exception", Check(Lane.Opening, Grade.Important, FieldAnswer.Pseudonym)?.Key);
        Assert.Null(Check(Lane.Opening, Grade.General4, FieldAnswer.Masked));
    }

    [Fact]
    public void A_ground_signed_for_later_does_not_rise_with_the_grade()
    {
        const string ground = "依据刑事诉讼法办理案件，须核对本人";
        Entry Of(Grade grade) => Facts.Entry(fields: id with { Grade = grade });
        var said = new FieldDecision("id_number", FieldAnswer.Plain, null) { Exception = ground };
        // Not needed on the day of signing: it is not kept, and gives nothing when the field is graded higher.
        var needless = FieldForms.Signed(said, Lane.Sharing, Of(Grade.General2));
        Assert.Equal((null, null), (needless.Exception, needless.UpTo));
        Assert.Null(FieldForms.Granted(needless, Lane.Sharing, Of(Grade.Important)).Exception);
        // Needed: it holds up to the grade of that day, whatever a client wrote into it.
        Assert.Equal((ground, Grade.Important), FieldForms.Signed(said with { UpTo = Grade.Core }, Lane.Sharing, Of(Grade.Important)) is var needed ? (needed.Exception, needed.UpTo!.Value) : default);
        Assert.Equal(Grade.General4, FieldForms.Granted(said with { UpTo = Grade.General4 }, Lane.Sharing, Of(Grade.Important)).Exception!.UpTo);
        Assert.Equal(Grade.Important, FieldForms.Granted(said with { UpTo = Grade.Core }, Lane.Sharing, Of(Grade.Important)).Exception!.UpTo);
    }

    [Theory, EveryStore]
    public async Task A_ground_is_signed_into_the_grant_and_is_evidence_of_the_head(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        lab.Entry = Facts.Entry(fields: [id, Facts.Field("born") with { Type = FieldType.Date }, Facts.Field("division")]);
        var reply = Facts.Consent(
            new("id_number", FieldAnswer.Plain, null) { Exception = "依据刑事诉讼法办理案件，须核对本人" }, new("born", FieldAnswer.Generalised, null) { Detail = "month" }, new("division", FieldAnswer.Plain, null) { Exception = "其实并不需要写理由" }) with
        { LowestAssurance = Assurance.BoundToken };
        var consented = await lab.Consented(reply, Facts.Wish("id_number", "born", "division"));
        var grant = (await lab.NewGrants().Load(consented.Grant!.Value, default))!;
        Assert.True(lab.Grants.IsGenuine(grant));
        Assert.Equal([new("id_number", FieldForm.Plain) { Exception = new FieldException(Grade.Important, "依据刑事诉讼法办理案件，须核对本人") }, new("born", FieldForm.Generalised) { Detail = "month" }, new("division", FieldForm.Plain)], grant.Fields);
        var evidence = await lab.Evidenced();
        var excepted = Assert.Single(evidence, e => e.Contains("share.protection-excepted", StringComparison.Ordinal));
        Assert.Contains(Facts.PoliceHead.Actor, excepted, StringComparison.Ordinal);

        // Whoever changes a form in the table without the signature closes the grant.
        foreach (var forged in (GrantedField[][])[[.. grant.Fields.Select(f => f with { Detail = null })], [.. grant.Fields.Select(f => f with { Exception = new FieldException(Grade.Core, "x") })], [.. grant.Fields.Select(f => f with { Form = FieldForm.Plain })]])
            Assert.False(lab.Grants.IsGenuine(grant with { Fields = forged }));
    }

    [Fact]
    public void A_record_signed_before_there_were_parameters_still_says_the_same()
    {
        var grant = new Grant(
            new Id<Grant>(Guid.Empty), "SQ20260212-0001", Facts.Entry().Id, Facts.Police.Id, Facts.Civil.Id, null, [new("id_number", FieldForm.Plain), new("name", FieldForm.Masked)], "", "用途", "事项", true, [Mode.Api],
            new GrantLimits(null, [], null, null, 60), Assurance.Key, Facts.At("2026-02-12"), Facts.At("2026-12-31"), "甲", "乙", GrantState.Active, null, "", "", Facts.At("2026-02-12"));
        var record = GrantRecord.Write(grant, Facts.Application(ApplicationState.InUse), Facts.Entry(), Facts.Police, Facts.Civil, "1", "2", "tongxiang.example");
        Assert.Contains("""[{"form":"Plain","name":"id_number"},{"form":"Masked","name":"name"}]""", record, StringComparison.Ordinal);
        var stored = JsonSerializer.Deserialize<GrantedField[]>("""[{"name":"id_number","form":"Plain"},{"name":"name","form":"Masked"}]""", Wire.Json)!;
        Assert.True(GrantRecord.Says(grant with { Record = record, Fields = stored }));
    }
}
