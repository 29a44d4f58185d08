using Tongxiang.Catalog;
using Tongxiang.Protect;
using Tongxiang.Tests.Share;

namespace Tongxiang.Tests.Protect;

public sealed class MeasuresTests
{
    [Fact]
    public void Every_grade_audience_and_group_has_its_measure_with_a_source()
    {
        foreach (var grade in Enum.GetValues<Grade>())
            foreach (var audience in Enum.GetValues<Audience>())
                foreach (var group in Enum.GetValues<FieldGroup>())
                    Assert.NotEqual("", Assert.Single(Measures.Current.All, m => m.Grade == grade && m.Audience == audience && m.Group == group).Source);
    }

    [Fact]
    public void A_higher_grade_and_a_wider_audience_never_ask_for_less()
    {
        foreach (var group in Enum.GetValues<FieldGroup>())
        {
            Measure At(Grade grade, Audience audience) => Measures.Current.All.Single(m => m.Grade == grade && m.Audience == audience && m.Group == group);
            foreach (var grade in Enum.GetValues<Grade>())
            {
                Assert.True(Forms.Meets(At(grade, Audience.Outside).Least, At(grade, Audience.Departments).Least), $"{grade} {group}");
                if (grade > Grade.General1)
                    foreach (var audience in Enum.GetValues<Audience>()) Assert.True(Forms.Meets(At(grade, audience).Least, At(grade - 1, audience).Least), $"{grade} {audience} {group}");
            }
        }
    }

    [Theory]
    [InlineData(FieldForm.Masked, FieldForm.Plain, true)]
    [InlineData(FieldForm.Plain, FieldForm.Masked, false)]
    [InlineData(FieldForm.Encrypted, FieldForm.Masked, false)]
    [InlineData(FieldForm.Masked, FieldForm.Encrypted, false)]
    [InlineData(FieldForm.Pseudonym, FieldForm.Encrypted, true)]
    [InlineData(FieldForm.Generalised, FieldForm.Pseudonym, false)]
    [InlineData(FieldForm.Token, FieldForm.Pseudonym, true)]
    [InlineData(FieldForm.Pseudonym, FieldForm.Suppressed, false)]
    [InlineData(FieldForm.Suppressed, FieldForm.Encrypted, true)]
    public void One_form_stands_for_another_only_where_it_protects_as_well(FieldForm form, FieldForm least, bool meets) => Assert.Equal(meets, Forms.Meets(form, least));

    [Theory]
    [InlineData(Grade.General2, FieldForm.Plain, null, FieldForm.Plain)]
    [InlineData(Grade.General4, FieldForm.Plain, null, FieldForm.Masked)]
    [InlineData(Grade.General4, FieldForm.Suppressed, null, FieldForm.Suppressed)]
    [InlineData(Grade.General4, FieldForm.Plain, Grade.General4, FieldForm.Plain)]
    [InlineData(Grade.Important, FieldForm.Plain, Grade.General4, FieldForm.Masked)]
    [InlineData(Grade.Core, FieldForm.Suppressed, Grade.Core, null)]
    public void The_stricter_of_grant_and_present_grade_holds(Grade grade, FieldForm granted, Grade? excepted, FieldForm? leaves)
    {
        var field = Field(grade);
        Assert.Equal(leaves, Measures.Current.Effective(Facts.Entry(fields: field), field, new GivenForm(granted, null, excepted), Audience.Departments)?.Form);
    }

    [Fact]
    public void A_draft_that_grades_higher_counts_and_one_that_grades_lower_does_not()
    {
        var field = Field(Grade.General3);
        var entry = Facts.Entry(fields: field);
        Grade With(Grade draft) => Measures.GradeOf(entry with { Draft = entry.Content with { Fields = [field with { Grade = draft }] } }, field);
        Assert.Equal((Grade.Important, Grade.General3), (With(Grade.Important), With(Grade.General1)));
        Assert.Equal(Grade.Core, Measures.GradeOf(entry with { Draft = entry.Content with { Grade = Grade.Core } }, field));
    }

    [Fact]
    public void A_field_of_a_locally_labelled_core_entry_leaves_sealed()
    {
        var field = Field(Grade.General4) with { Element = "person-name" };
        var entry = Facts.Entry(fields: field);
        var labelled = entry with { Content = entry.Content with { LocalLabel = "核心数据" } };
        Assert.Equal((FieldForm.Plain, FieldForm.Encrypted), (Measures.Current.Of(entry, field, Audience.Departments).Least, Measures.Current.Of(labelled, field, Audience.Departments).Least));
        Assert.Equal(FieldForm.Encrypted, Measures.Current.Effective(labelled, field, new GivenForm(FieldForm.Plain, null, Grade.Core), Audience.Departments)?.Form);
        Assert.Equal(FieldForm.Pseudonym, Measures.Current.Effective(labelled, field, new GivenForm(FieldForm.Pseudonym), Audience.Departments)?.Form);
    }

    private static Field Field(Grade grade) => Facts.Field("phone", personal: true) with { Element = "mobile", Grade = grade };
}
