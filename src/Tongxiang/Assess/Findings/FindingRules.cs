using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Assess;

/// <summary>What a finding by hand and the words of a step must be like.</summary>
public static class FindingRules
{
    public const int SubjectMost = 200;

    public static IReadOnlyList<FieldError> Check(NewFinding said, IReadOnlyList<Id<Agency>> overseen, Directory directory)
    {
        List<FieldError> found = [];
        var item = Liability.Find(said.Item ?? "");
        if (item is null) found.Add(new FieldError("item", "assess.field.item"));
        if (!overseen.Contains(said.Agency)) found.Add(new FieldError("agency", "assess.field.agency"));
        // Art. 41 speaks of the bureau alone; a department answers for arts. 39, 40 and 42.
        else if (item is { Side: LiableSide.Bureau } && directory.Find(said.Agency)?.Kind != AgencyKind.Bureau) found.Add(new FieldError("item", "assess.field.item-bureau"));
        if ((said.Subject ?? "").Trim().Length is < 2 or > SubjectMost) found.Add(new FieldError("subject", "assess.field.subject", SubjectMost));
        found.AddRange(Words("statement", said.Statement, isNeeded: true));
        return found;
    }

    public static IReadOnlyList<FieldError> Words(string field, string? text, bool isNeeded)
    {
        var length = (text ?? "").Trim().Length;
        if (length == 0 && !isNeeded) return [];
        if (length is < FindingFlow.NoteLeast or > FindingFlow.NoteMost) return [new FieldError(field, "assess.field.words", FindingFlow.NoteLeast, FindingFlow.NoteMost, length)];
        return text!.Any(c => char.IsControl(c) && c is not ('\n' or '\t' or '\r')) ? [new FieldError(field, "assess.field.control")] : [];
    }
}
