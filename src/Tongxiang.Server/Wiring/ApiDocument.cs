using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Tongxiang.Kernel;

namespace Tongxiang.Server.Wiring;

/// <summary>The OpenAPI 3.1 document of the node's own interface, described in Chinese and English.</summary>
internal static class ApiDocument
{
    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = description => description.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
        options.AddDocumentTransformer(Head);
        options.AddOperationTransformer(Describe);
    });

    private static Task Head(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        var settings = context.ApplicationServices.GetRequiredService<NodeSettings>();
        document.Info = new OpenApiInfo
        {
            Title = $"{settings.Name} / {settings.NameEn}",
            Version = "v1",
            Description = Both("api"),
            License = new OpenApiLicense { Name = "Apache-2.0", Url = new Uri("https://www.apache.org/licenses/LICENSE-2.0") },
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            ["client"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.OAuth2,
                Description = Both("api.security.client"),
                Flows = new OpenApiOAuthFlows { ClientCredentials = new OpenApiOAuthFlow { TokenUrl = new Uri("/connect/token", UriKind.Relative), Scopes = new Dictionary<string, string>() } },
            },
            ["session"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Cookie, Name = "tongxiang", Description = Both("api.security.session") },
        };
        return Task.CompletedTask;
    }

    private static Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var key = $"api.{operation.OperationId}";
        if (operation.OperationId is null || !Texts.Parts.Has(key)) return Task.CompletedTask;
        operation.Summary = Both(key);
        var part = operation.OperationId.Split('.')[0];
        operation.Tags = new HashSet<OpenApiTagReference> { new(part, context.Document) };
        return Task.CompletedTask;
    }

    private static string Both(string key) => $"{Texts.Parts.Get(Texts.Chinese, key)} / {Texts.Parts.Get(Texts.English, key)}";
}
