using System.Reflection;
using System.Reflection.Emit;

namespace Tongxiang.Tests.Laws;

/// <summary>Reads from the compiled assembly which type mentions which: members, locals and method bodies, compiler-made ones included.</summary>
internal static class References
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<int, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!).ToDictionary(c => (int)(ushort)c.Value);

    public static IEnumerable<(Type From, Type To)> Of(Assembly assembly) =>
        assembly.GetTypes().SelectMany(type => Mentioned(type).SelectMany(Flat).Where(t => t.Assembly == assembly).Select(to => (type, to))).Distinct();

    private static IEnumerable<Type> Flat(Type? type)
    {
        if (type is null) yield break;
        if (type.HasElementType)
        {
            foreach (var t in Flat(type.GetElementType())) yield return t;
            yield break;
        }
        if (type.IsGenericParameter) yield break;
        yield return type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        foreach (var argument in type.GenericTypeArguments.SelectMany(Flat)) yield return argument;
    }

    private static IEnumerable<Type?> Mentioned(Type type)
    {
        yield return type.BaseType;
        foreach (var i in type.GetInterfaces()) yield return i;
        foreach (var f in type.GetFields(All)) yield return f.FieldType;
        foreach (var m in type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
            foreach (var t in Mentioned(m)) yield return t;
    }

    private static IEnumerable<Type?> Mentioned(MethodBase method)
    {
        if (method is MethodInfo { ReturnType: var answer }) yield return answer;
        foreach (var p in method.GetParameters()) yield return p.ParameterType;
        if (method.GetMethodBody() is not { } body) yield break;
        foreach (var local in body.LocalVariables) yield return local.LocalType;
        foreach (var caught in body.ExceptionHandlingClauses.Where(c => c.Flags == ExceptionHandlingClauseOptions.Clause)) yield return caught.CatchType;
        foreach (var member in Members(method, body.GetILAsByteArray() ?? []))
        {
            switch (member)
            {
                case Type t:
                    yield return t;
                    break;
                case MethodBase m:
                    yield return m.DeclaringType;
                    foreach (var t in m.IsGenericMethod ? m.GetGenericArguments() : []) yield return t;
                    break;
                case FieldInfo f:
                    yield return f.DeclaringType;
                    break;
            }
        }
    }

    private static IEnumerable<MemberInfo?> Members(MethodBase method, byte[] il)
    {
        var typeArguments = method.DeclaringType is { IsGenericType: true } d ? d.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (var i = 0; i < il.Length;)
        {
            var code = il[i] == 0xFE ? Codes[0xFE00 | il[i + 1]] : Codes[il[i]];
            i += code.Size;
            if (code.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
                yield return method.Module.ResolveMember(BitConverter.ToInt32(il, i), typeArguments, methodArguments);
            i += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, i)),
                _ => 4,
            };
        }
    }
}
