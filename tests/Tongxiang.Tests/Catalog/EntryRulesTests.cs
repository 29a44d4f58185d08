using Tongxiang.Catalog;

namespace Tongxiang.Tests.Catalog;

public sealed class EntryRulesTests
{
    private static readonly Sharing Conditional = new(ShareClass.Conditional, [Mode.Api], "本级政务部门", "履行法定职责", "", []);

    public static TheoryData<string, Func<EntryContent, EntryContent>> MissingBlocks => new()
    {
        { "name", c => c with { Name = " " } },
        { "abstract", c => c with { Abstract = "" } },
        { "fields", c => c with { Fields = [], Key = [], LongitudeField = null, LatitudeField = null } },
        { "formats", c => c with { Formats = [] } },
        { "classPath", c => c with { ClassPath = "" } },
        { "theme", c => c with { Theme = "" } },
        { "industry", c => c with { Industry = "" } },
        { "region", c => c with { Region = "" } },
        { "contactPhone", c => c with { ContactPhone = "" } },
        { "licence", c => c with { Licence = "" } },
        { "sharing.modes", c => c with { Sharing = c.Sharing with { Modes = [] } } },
        { "sharing.scope", c => c with { Sharing = Conditional with { Scope = "" } } },
        { "sharing.permittedUse", c => c with { Sharing = Conditional with { PermittedUse = "" } } },
        { "sharing.reason", c => Samples.Withheld() with { Sharing = Samples.Withheld().Sharing with { Reason = "" } } },
        { "sharing.bases", c => Samples.Withheld() with { Sharing = Samples.Withheld().Sharing with { Bases = [] } } },
        { "sharing.bases[0].article", c => Samples.Withheld() with { Sharing = Samples.Withheld().Sharing with { Bases = [new(BasisKind.Law, "某法", "")] } } },
        { "opening.conditions", c => c with { Opening = c.Opening with { Class = OpenClass.Conditional, Safeguards = "本地保存" } } },
        { "opening.safeguards", c => c with { Opening = c.Opening with { Class = OpenClass.Conditional, Conditions = "签订协议" } } },
        { "opening.reason", c => c with { Opening = c.Opening with { Class = OpenClass.Closed } } },
        { "fields[0].meaning", c => c with { Fields = [c.Fields[0] with { Meaning = "" }, .. c.Fields.Skip(1)] } },
    };

    public static TheoryData<string, string, Func<EntryContent, EntryContent>> Forbidden => new()
    {
        { "secrecy", "catalog.secret", c => c with { Secrecy = Secrecy.WorkSecret } },
        { "secrecy", "catalog.secret", c => c with { Secrecy = Secrecy.StateSecret } },
        { "grade", "catalog.core-data", c => c with { Grade = Grade.Core } },
        { "sharing.class", "catalog.important-unconditional", c => c with { Grade = Grade.Important } },
        { "opening.class", "catalog.important-open", c => c with { Grade = Grade.Important } },
        { "sharing.bases", "catalog.no-basis", _ => Samples.Withheld() with { Sharing = Samples.Withheld().Sharing with { Bases = [new(BasisKind.ProvincialOrdinance, "某省条例", "第一条")] } } },
        { "sharing.bases", "catalog.basis-too-low", c => c with { Sharing = Conditional with { Bases = [new(BasisKind.ProvincialOrdinance, "某省条例", "第一条")] } } },
        { "opening.class", "catalog.personal-open", c => c with { Fields = [.. c.Fields, Samples.Field("driver") with { IsPersonal = true }] } },
        { "classPath", "catalog.bad-class-path", c => c with { ClassPath = "406001" } },
        { "classPath", "catalog.bad-class-path", c => c with { ClassPath = "30600" } },
        { "classPath", "catalog.bad-class-path", c => c with { ClassPath = "306001\n" } },
        { "region", "catalog.bad-division", c => c with { Region = "990101" } },
        { "theme", "catalog.unknown-term", c => c with { Theme = "x" } },
        { "formats", "catalog.unknown-term", c => c with { Formats = ["exe"] } },
        { "contactPhone", "catalog.bad-phone", c => c with { ContactPhone = "call me" } },
        { "contactEmail", "catalog.bad-email", c => c with { ContactEmail = "a@b@c d" } },
        { "abstract", "catalog.bad-characters", c => c with { Abstract = "公交站点的名称和坐标\u202e反转" } },
        { "name", "catalog.bad-characters", c => c with { Name = "公交\ud842" } },
        { "fields[0].name", "catalog.bad-name", c => First(c, f => f with { Name = "x\"; drop" }) },
        { "fields[0].name", "catalog.bad-name", c => First(c, f => f with { Name = "站点" }) },
        { "fields[0].name", "catalog.bad-name", c => First(c, f => f with { Name = new string('a', 64) }) },
        { "fields[0].name", "catalog.reserved-name", c => First(c, f => f with { Name = "select" }) },
        { "fields[1].name", "catalog.name-twice", c => c with { Fields = [c.Fields[0], c.Fields[0], .. c.Fields.Skip(2)] } },
        { "fields[0].length", "catalog.bad-length", c => First(c, f => f with { Length = 0 }) },
        { "fields[0].length", "catalog.bad-length", c => First(c, f => f with { Type = FieldType.Integer, Length = 5 }) },
        { "fields[0].scale", "catalog.no-scale", c => First(c, f => f with { Type = FieldType.Decimal, Length = null }) },
        { "fields[0].scale", "catalog.bad-scale", c => First(c, f => f with { Scale = 2 }) },
        { "fields[0].element", "catalog.unknown-term", c => First(c, f => f with { Element = "soul" }) },
        { "fields[0].type", "catalog.element-type", c => First(c, f => f with { Element = "date" }) },
        { "fields[0].codeList", "catalog.unknown-term", c => First(c, f => f with { CodeList = "zodiac" }) },
        { "fields[0].type", "catalog.coded-text", c => First(c, f => f with { CodeList = "sex", Type = FieldType.Integer, Length = null }) },
        { "fields[0].isPersonal", "catalog.must-be-personal", c => First(c, f => f with { Element = "citizen-id" }) },
        { "fields[0].shareClass", "catalog.class-looser", c => First(c with { Sharing = Conditional }, f => f with { ShareClass = ShareClass.Unconditional }) },
        { "fields[0].openClass", "catalog.class-looser", c => First(c with { Opening = new(OpenClass.Closed, "", "", "不宜公开", []) }, f => f with { OpenClass = OpenClass.Conditional }) },
        { "fields[0].grade", "catalog.grade-too-low", c => First(c, f => f with { Grade = Grade.General2 }) },
        { "key", "catalog.no-such-field", c => c with { Key = ["line"] } },
        { "key", "catalog.key-optional", c => First(c, f => f with { IsRequired = false }) },
        { "key", "catalog.key-optional", c => First(c with { Key = ["stop_id", "stop_name"] }, f => f with { IsRequired = false, Type = FieldType.Integer, Length = null }) },
        { "key", "catalog.key-real", c => c with { Key = ["longitude"] } },
        { "key", "catalog.key-twice", c => c with { Key = ["stop_id", "stop_id"] } },
        { "latitudeField", "catalog.half-coordinate", c => c with { LatitudeField = null } },
        { "latitudeField", "catalog.same-coordinate", c => c with { LatitudeField = "longitude" } },
        { "longitudeField", "catalog.coordinate-type", c => c with { LongitudeField = "stop_id" } },
        { "fields", "catalog.too-many-fields", c => c with { Fields = [.. Enumerable.Range(0, 1001).Select(i => Samples.Field($"f{i}"))] } },
    };

    [Theory, MemberData(nameof(MissingBlocks), DisableDiscoveryEnumeration = true)]
    public void A_missing_block_is_named(string field, Func<EntryContent, EntryContent> without)
    {
        var found = EntryRules.Check(without(Samples.Open()), Readiness.Complete, IsDivision);
        Assert.Contains(found.Errors, e => e.Field == field);
    }

    [Fact]
    public void A_text_part_of_a_key_may_be_empty_when_another_part_never_is()
    {
        var content = Samples.Open() with { Key = ["stop_id", "stop_name"] };
        var optional = content with { Fields = [.. content.Fields.Select(f => f.Name == "stop_name" ? f with { IsRequired = false } : f)] };
        Assert.DoesNotContain(EntryRules.Check(optional, Readiness.Complete, IsDivision).Errors, e => e.Field == "key");
        var nothing = optional with { Fields = [.. optional.Fields.Select(f => f with { IsRequired = false })] };
        Assert.Contains(EntryRules.Check(nothing, Readiness.Complete, IsDivision).Errors, e => e is { Field: "key", Key: "catalog.key-optional" });
    }

    [Theory, MemberData(nameof(Forbidden), DisableDiscoveryEnumeration = true)]
    public void What_is_forbidden_is_refused_even_in_a_draft(string field, string key, Func<EntryContent, EntryContent> change)
    {
        var found = EntryRules.Check(change(Samples.Open()), Readiness.Draft, IsDivision);
        Assert.Contains(found.Errors, e => e.Field == field && e.Key == key);
    }

    [Fact]
    public void Complete_entries_of_every_class_pass()
    {
        Assert.All([Samples.Open(), Samples.Personal(), Samples.Withheld()], c => Assert.Empty(EntryRules.Check(c, Readiness.Complete, IsDivision).Errors));
    }

    [Fact]
    public void A_draft_may_still_lack_blocks()
    {
        var bare = Samples.Open() with { Abstract = "", Fields = [], Key = [], LongitudeField = null, LatitudeField = null, Formats = [], Theme = "", ContactPhone = "" };
        Assert.Empty(EntryRules.Check(bare, Readiness.Draft, IsDivision).Errors);
    }

    [Fact]
    public void Wording_of_ones_own_is_shown_to_the_bureau()
    {
        var own = Samples.Open() with { Sharing = Conditional with { Scope = "与本局签订合作协议的单位" } };
        Assert.Contains(EntryRules.Check(own, Readiness.Complete, IsDivision).Notices, n => n is { Field: "sharing.scope", Key: "catalog.free-text-condition" });
        Assert.DoesNotContain(EntryRules.Check(Samples.Personal(), Readiness.Complete, IsDivision).Notices, n => n.Key == "catalog.free-text-condition");
    }

    [Fact]
    public void Reserved_words_are_renamed_with_a_notice_and_the_key_follows()
    {
        var content = Samples.Open() with { Fields = [Samples.Field(" Order "), Samples.Field("f_order"), Samples.Field("SELECT")], Key = [" Order "], LongitudeField = null, LatitudeField = null };
        var (settled, notices) = FieldNames.Settle(content);
        Assert.Equal(["f_order_2", "f_order", "f_select"], settled.Fields.Select(f => f.Name));
        Assert.Equal(["f_order_2"], settled.Key);
        Assert.Equal(["fields[0].name", "fields[2].name"], notices.Select(n => n.Field));
        Assert.Empty(EntryRules.Check(settled, Readiness.Complete, IsDivision).Errors);
    }

    [Fact]
    public void Every_error_has_its_text_in_both_languages()
    {
        var texts = Tongxiang.Kernel.Texts.Parts;
        Assert.All(Forbidden.Select(row => row.Data.Item2), key => Assert.True(texts.Has(key), key));
    }

    [Fact]
    public void Rare_characters_beyond_the_basic_plane_are_welcome()
    {
        var rare = Samples.Open("𠮷林路𪛖站点");
        Assert.Empty(EntryRules.Check(rare, Readiness.Complete, IsDivision).Errors);
    }

    private static EntryContent First(EntryContent c, Func<Field, Field> change) => c with { Fields = [change(c.Fields[0]), .. c.Fields.Skip(1)] };

    private static bool IsDivision(string code) => code is "290000" or "290100";
}
