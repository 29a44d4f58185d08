using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Server.Demo.Seed;

/// <summary>What the people of the demonstration did about duties: a course and its certificates, a request for roles that waits, an emergency access that was refused.</summary>
internal sealed class SeedDuties(Courses courses, People people, BreakGlasses glasses, Cast cast)
{
    private const string Code = "data-security";

    public async Task Run(CancellationToken ct)
    {
        var course = (await courses.All(ct)).FirstOrDefault(c => c.Content.Code == Code) ?? Must(await courses.Save(cast.Of("bureau.head"), null, null, Content, ct), Code);
        foreach (var user in new[] { "bureau.security", "bureau.expert", "civil-affairs.clerk", "police.steward" })
        {
            var learner = cast.Of(user);
            if ((await courses.CertificatesOf(learner, learner.Person!.Value, ct)).Count == 0) Must(await courses.Take(learner, course.Id, course.Revision, [.. course.Content.Questions.Select(q => q.Answer)], ct), user);
        }
        // Met already, so that nobody's rights in the demonstration rest.
        Must(await courses.Require(cast.Of("bureau.head"), Role.Expert, course.Id, true, ct), "duty of experts");

        var system = cast.Of("bureau.system");
        if ((await people.WaitingRoles(system, ct)).Count == 0)
            Must(await people.AskRoles(system, cast.Of("transport.steward").Person!.Value, new HashSet<Role> { Role.Steward, Role.Operative }, "兼办网约车许可核验，需要查询权限", ct), "roles that wait");
        var vendor = cast.Of("bureau.vendor");
        if ((await glasses.List(vendor, null, 1, ct)).Items.Count > 0) return;
        var glass = Must(await glasses.Ask(vendor, new BreakGlassWish("population", ["citizen_id", "name"], "同步任务报错，想查看出错记录的内容", "YW-2026-0117", 15), ct), "emergency access");
        Must(await glasses.Decide(cast.Office("police"), glass.Id, false, "用合成数据可以复现，无需读取真实记录。", ct), "emergency access refused");
    }

    private static CourseContent Content { get; } = new(
        Code, "政务数据安全基础", "Basics of government data security",
        """
        共享数据只能用于申请时写明的事项，不得转给他人，不得另作他用。
        外包服务人员和平台管理人员不接触数据内容；处置事件确需读取的，须两人办理，限时、限资源，全程存证。
        发现泄露、篡改、丢失，或可能发生这些情况，应当立即报告并启动预案。
        账号只供本人使用；审批和查看个人数据须使用第二因素。
        """,
        """
        Shared data serve the matter they were asked for and no other, and are not passed on.
        Contractors and administrators touch no content; where an incident demands it, two people act, for minutes and one resource, all of it in evidence.
        Whoever finds a leak, a change or a loss, or that one may have happened, reports it at once.
        An account serves one person; approving and looking at personal data take a second factor.
        """,
        80, 12, true,
        [
            new("为甲事项申请的数据可以用于乙事项吗？", "May data asked for one matter serve another?", ["可以，只要同一部门", "不可以，须另行申请", "领导口头同意即可"], ["Yes, within one department", "No, they are asked for anew", "Yes, if a chief agrees orally"], 1),
            new("外包服务人员排查故障时需要看数据怎么办？", "A contractor needs to see rows to mend a fault. What is done?", ["借用经办人账号", "申请应急访问，由另一人批准", "直接查库"], ["Borrow a clerk's account", "Ask for emergency access, which another person allows", "Look into the database"], 1),
            new("发现数据可能泄露，第一步是什么？", "Data may have leaked. What comes first?", ["立即报告", "先自行核实一周", "删除日志"], ["Report at once", "Look into it for a week", "Delete the logs"], 0),
            new("谁可以同时担任系统管理员和审计管理员？", "Who may be system and audit administrator at once?", ["部门负责人", "任何人都不可以", "经验丰富的人员"], ["A head", "Nobody", "Somebody experienced"], 1),
            new("第二因素恢复码应当如何保管？", "How are recovery codes kept?", ["发到工作群", "打印或抄写后妥善保管", "保存在共享文件夹"], ["Sent to the group chat", "Printed or written down and kept safe", "In a shared folder"], 1),
        ]);

    private static T Must<T>(Outcome<T> outcome, string what) => outcome.Refusal is { } refusal ? throw new RefusedException(what, refusal) : outcome.Value;
}
