using System.Text;
using Tongxiang.Catalog;
using Tongxiang.Gateway.Batching;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Tongxiang.Warehouse;

namespace Tongxiang.Tests.Gateway.Batching;

public sealed class PackageKillTests : IDisposable
{
    private const int Rows = 400_000;
    private static readonly Id<Entry> Resource = new(Guid.Parse("00000000-0000-7000-8000-0000000000e1"));
    private static readonly Id<Tongxiang.Share.Grant> Right = new(Guid.Parse("00000000-0000-7000-8000-0000000000f1"));
    private readonly string folder = StoreLab.Folder();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>The child: makes what is due, until it is killed.</summary>
    internal static int Pack(string folder)
    {
        Run().GetAwaiter().GetResult();
        return 0;

        async Task Run()
        {
            await using var lab = await Open(folder);
            await BatchLab.Round(lab);
        }
    }

    [Fact]
    public async Task A_package_whose_making_was_killed_is_made_once_and_whole()
    {
        await using (var lab = await Open(folder))
        {
            var entry = lab.Entry("fees", BatchLab.Fields, ["id"], OpenClass.Conditional) with { Id = Resource };
            var csv = new StringBuilder("id,name,division,fee\n".Length + Rows * 24);
            for (var i = 1; i <= Rows; i++) csv.Append(i).Append(",张三,290101,1.50\n");
            await lab.Land(entry, csv.ToString(), Rows);
            Grant(lab, entry);
            await BatchLab.Set(lab, new BatchWish("fees", Rhythm.Version, "csv"));
        }

        for (var kill = 0; kill < 3; kill++)
        {
            var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var watcher = new FileSystemWatcher(Path.Combine(folder, "packages"), "*.part");
            // First when the file appears, then when it has grown.
            var events = 0;
            void Seen(object sender, FileSystemEventArgs e)
            {
                if (Interlocked.Increment(ref events) > kill) begun.TrySetResult();
            }

            watcher.Created += Seen;
            watcher.Changed += Seen;
            watcher.EnableRaisingEvents = true;
            using var child = Child.Start("pack", null, folder);
            await begun.Task.WaitAsync(TimeSpan.FromMinutes(2));
            child.Kill();
            await child.WaitForExitAsync();
        }

        await using (var lab = await Open(folder))
        {
            await lab.Get<Packing>().Clean(DateTimeOffset.MaxValue, default);
            await BatchLab.Round(lab);
            var batch = Assert.Single(await lab.Get<Batches>().Of(BatchLab.Consumer, default));
            var package = Assert.Single(await lab.Get<Batches>().Packages(batch, 10, default));
            Assert.Equal((1, PackageState.Ready, (long)Rows), (package.Sequence, package.State, package.SliceRows));
            var bytes = await BatchLab.Part(lab, batch, 1, "rows-0001.csv");
            Assert.Equal((package.Parts[0].Sha256, Rows + 1), (BatchLab.Sha(bytes), bytes.Count(b => b == '\n')));
            Assert.Single(Directory.EnumerateFiles(Path.Combine(folder, "packages")));
        }
    }

    private static async Task<GatewayLab> Open(string folder)
    {
        var lab = await GatewayLab.On(StoreLab.At(folder));
        if (await lab.Get<Versions>().Find(Resource, 1, default) is { } version)
        {
            var entry = lab.Entry("fees", BatchLab.Fields, ["id"], OpenClass.Conditional) with { Id = Resource };
            lab.TakeUp(entry, version);
            Grant(lab, entry);
        }

        return lab;
    }

    private static void Grant(GatewayLab lab, Entry entry) => lab.Grant(entry, GatewayLab.Consumer, ["id", "name", "division", "fee"], change: g => g with { Id = Right, Modes = [Mode.Batch] });
}
