using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Agencies;

public sealed class PeopleTests
{
    [Theory]
    [InlineData("short-pass1", "agencies.password-short")]
    [InlineData("123456789012", "agencies.password-common")]
    [InlineData("Qwertyuiop1234", "agencies.password-common")]
    [InlineData("WoAiNi5201314", "agencies.password-common")]
    [InlineData("aaaaaaaaaaaaaaaa", "agencies.password-common")]
    [InlineData("abcdefghijklmnop", "agencies.password-common")]
    [InlineData("tongxiangadmin1", "agencies.password-context")]
    [InlineData("police.steward1", "agencies.password-context")]
    [InlineData("ｐａｓｓｗｏｒｄ１２３４", "agencies.password-common")]
    [InlineData("crane-paper-7-lantern", null)]
    [InlineData("四个不相关的词语组成一句", null)]
    [InlineData("𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷", "agencies.password-short")]
    public void A_password_is_long_and_not_guessable(string password, string? flaw) => Assert.Equal(flaw, PasswordRules.Flaw(password, "police.steward", "张三"));

    [Theory, EveryStore]
    public async Task A_person_is_enrolled_once_and_never_twice_at_the_same_time(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var people = lab.Node.Get<People>();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ =>
            people.Enrol(Caller.Platform, new NewPerson("police.new", "新人", lab.Agency.Id, new HashSet<Role> { Role.Steward }, TokenLab.Password), default)));
        Assert.Single(outcomes, o => !o.IsRefused);
        Assert.All(outcomes.Where(o => o.IsRefused), o => Assert.Equal("agencies.user-taken", o.Refusal!.Code));
    }

    [Theory, EveryStore]
    public async Task A_role_shows_at_once_and_its_change_is_evidence(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var cookie = await lab.SignIn("police.steward");
        var outcome = await lab.Node.Get<People>().SetRoles(Caller.Platform, lab.Person.Id, new HashSet<Role> { Role.SharingOfficeHead }, default);
        Assert.Null(outcome.Refusal);
        using var who = await lab.Send(HttpMethod.Get, "/api/session", cookie: cookie);
        Assert.Contains("SharingOfficeHead", await who.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var record = await lab.Node.Get<Db>().List($"select record from evidence_outbox", r => r.GetString(0), default);
        Assert.Contains(record, r => r.Contains("agencies.roles-set", StringComparison.Ordinal) && r.Contains("Steward", StringComparison.Ordinal));
    }

    [Theory, EveryStore]
    public async Task Who_loses_the_role_no_longer_heads_the_sharing_office(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var people = lab.Node.Get<People>();
        Assert.Null((await people.SetRoles(Caller.Platform, lab.Person.Id, new HashSet<Role> { Role.SharingOfficeHead }, default)).Refusal);
        Assert.Null((await lab.Node.Get<Roster>().Appoint(Caller.Platform, lab.Agency.Id, lab.Person.Id, default)).Refusal);
        Assert.Null((await people.SetRoles(Caller.Platform, lab.Person.Id, new HashSet<Role> { Role.Steward }, default)).Refusal);
        Assert.Null(lab.Node.Get<Tongxiang.Agencies.Directory>().SharingOfficeHead(lab.Agency.Id));
    }

    public static TheoryData<Role[], string?> RoleSets => new()
    {
        { [Role.Steward, Role.Operative], null },
        { [], "kernel.invalid-input" },
        { [Role.SystemAdmin, Role.AuditAdmin], "agencies.roles-separate" },
        { [Role.BureauHead], "agencies.role-unfit" },
        { [Role.Citizen], "agencies.role-unfit" },
        { [Role.Steward, Role.CompanyUser], "agencies.role-unfit" },
    };

    [Theory, MemberData(nameof(RoleSets))]
    public async Task Roles_fit_the_agency_and_the_three_administrators_are_three(Role[] roles, string? code)
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        Assert.Equal(code, (await lab.Node.Get<People>().SetRoles(Caller.Platform, lab.Person.Id, roles.ToHashSet(), default)).Refusal?.Code);
    }

    [Fact]
    public async Task Nobody_administers_another_agency_or_himself()
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        var people = lab.Node.Get<People>();
        var other = new Agency(Id<Agency>.New(lab.Clock), "health", "91350100M000100Y43", "卫健委", "Health", AgencyKind.Department, "290000", null, null, null);
        await lab.Node.Get<Roster>().Add(Caller.Platform, other, default);
        var admin = await lab.Enrol("health.admin", other.Id, Role.SystemAdmin);
        var caller = new Caller(admin.Id.ToString(), admin.Id, null, other.Id, AgencyKind.Department, admin.Roles, admin.Name);
        Assert.Equal(404, (await people.SetRoles(caller, lab.Person.Id, new HashSet<Role> { Role.Operative }, default)).Refusal?.Status);
        Assert.Equal(404, (await people.Disable(caller, lab.Person.Id, default)).Refusal?.Status);
        Assert.Equal(404, (await people.SignOutEverywhere(caller, lab.Person.Id, default)).Refusal?.Status);
        Assert.Equal(403, (await people.Enrol(caller, new NewPerson("x.y", "某", lab.Agency.Id, new HashSet<Role> { Role.Steward }, TokenLab.Password), default)).Refusal?.Status);
        Assert.Equal(403, (await people.SetRoles(caller, admin.Id, new HashSet<Role> { Role.Steward }, default)).Refusal?.Status);
        Assert.Null((await people.Enrol(caller, new NewPerson("health.new", "某", other.Id, new HashSet<Role> { Role.Steward }, TokenLab.Password), default)).Refusal);
    }

    [Theory, EveryStore]
    public async Task A_sharing_office_has_one_head_at_a_time_and_certificates_are_kept(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var roster = lab.Node.Get<Roster>();
        var directory = lab.Node.Get<Tongxiang.Agencies.Directory>();
        Assert.Equal("agencies.not-head", (await roster.Appoint(Caller.Platform, lab.Agency.Id, lab.Person.Id, default)).Refusal?.Code);
        var first = await lab.Enrol("police.head1", lab.Agency.Id, Role.SharingOfficeHead);
        var second = await lab.Enrol("police.head2", lab.Agency.Id, Role.SharingOfficeHead);
        await roster.Appoint(Caller.Platform, lab.Agency.Id, first.Id, default);
        await roster.Appoint(Caller.Platform, lab.Agency.Id, second.Id, default);
        Assert.Equal(second.Id, directory.SharingOfficeHead(lab.Agency.Id)?.Id);
        await lab.Node.Get<People>().Disable(Caller.Platform, second.Id, default);
        Assert.Null(directory.SharingOfficeHead(lab.Agency.Id));

        var certificate = new Certificate(Id<Certificate>.New(lab.Clock), first.Id, "数据专员", "ZS-1", "云汀省数据局", new DateOnly(2026, 1, 1), new DateOnly(2029, 1, 1));
        Assert.Null((await roster.Certify(Caller.Platform, certificate, default)).Refusal);
        Assert.Equal([certificate], await roster.CertificatesOf(first.Id, default));
    }
}
