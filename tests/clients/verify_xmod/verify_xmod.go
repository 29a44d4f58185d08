package main

// external verifier: golang.org/x/mod/sumdb {note,tlog} from Debian's package, against a C2SP tlog-tiles directory
import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type rd struct {
	root   string
	cpSize int64
}

func (r *rd) Height() int                                { return 8 }
func (r *rd) SaveTiles(tiles []tlog.Tile, data [][]byte) {}
func idx(n int64) string {
	s := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		s = fmt.Sprintf("x%03d/%s", n%1000, s)
	}
	return s
}
func (r *rd) path(t tlog.Tile) string {
	p := fmt.Sprintf("tile/%d/%s", t.L, idx(t.N))
	if t.W < 256 {
		p += fmt.Sprintf(".p/%d", t.W)
	}
	return filepath.Join(r.root, p)
}
func (r *rd) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, t := range tiles {
		b, err := os.ReadFile(r.path(t))
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}
func die(e error) {
	if e != nil {
		fmt.Println("FAIL", e)
		os.Exit(1)
	}
}
func cp(root, name, vkey string) (int64, tlog.Hash) {
	b, err := os.ReadFile(filepath.Join(root, name))
	die(err)
	v, err := note.NewVerifier(vkey)
	die(err)
	n, err := note.Open(b, note.VerifierList(v))
	die(err)
	l := strings.Split(n.Text, "\n")
	var size int64
	fmt.Sscan(l[1], &size)
	h, err := tlog.ParseHash(l[2])
	die(err)
	return size, h
}
func main() {
	root, vkey, older := os.Args[1], os.Args[2], os.Args[3]
	size, h := cp(root, "checkpoint", vkey)
	hr := tlog.TileHashReader(tlog.Tree{N: size, Hash: h}, &rd{root, size}) // verifies every tile against the signed root
	// entries -> leaf hashes -> inclusion proofs
	var i int64
	for b := int64(0); i < size; b++ {
		w := size - b*256
		p := filepath.Join(root, "tile/entries", idx(b))
		if w < 256 {
			p += fmt.Sprintf(".p/%d", w)
		}
		d, err := os.ReadFile(p)
		die(err)
		for len(d) > 0 {
			n := int(binary.BigEndian.Uint16(d))
			e := d[2 : 2+n]
			d = d[2+n:]
			pr, err := tlog.ProveRecord(size, i, hr)
			die(err)
			die(tlog.CheckRecord(pr, size, h, i, tlog.RecordHash(e)))
			i++
		}
	}
	os_, oh := cp(root, older, vkey)
	tp, err := tlog.ProveTree(size, os_, hr)
	die(err)
	die(tlog.CheckTree(tp, size, h, os_, oh))
	fmt.Println("OK", size, "records included; consistent with size", os_, "proof hashes", len(tp))
}
