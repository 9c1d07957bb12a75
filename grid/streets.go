package grid

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"

	"aiqyn"
)

// Streets are the centre lines along which a new line may be laid: a graph of
// straight pieces, bends and crossings being its nodes. It is the JSON of a
// published snapshot. Its coordinate system is that of the network that it goes
// with, and one in metres.
//
//	{"crs":"EPSG:32642","edges":[[0,1],[1,2]],"name":"…","nodes":[[640000000,5642000000],…]}
type Streets struct {
	CRS   string     `json:"crs"`
	Edges [][2]int32 `json:"edges"` // pairs of positions in Nodes
	Name  string     `json:"name,omitempty"`
	Nodes [][2]int64 `json:"nodes"` // x and y in millimetres
}

const (
	maxStreetBytes = 64 << 20
	maxStreetNodes = 2_000_000
	farthestMM     = 100_000_000_000
	// longestMM is the longest straight piece of street.
	longestMM = 50_000_000
)

// ReadStreets reads and checks a snapshot of streets. Every error is an
// *aiqyn.Error that names the element at fault.
func ReadStreets(data []byte) (*Streets, error) {
	if len(data) > maxStreetBytes {
		return nil, aiqyn.E(aiqyn.TooLarge, "grid.too-large", "limit_mib", maxStreetBytes>>20)
	}
	s := new(Streets)
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(s); err != nil {
		return nil, invalid("grid.bad-streets").Because(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, invalid("grid.bad-streets").Because(err)
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	return s.sorted(), nil
}

// check reports the first thing that keeps s from being a graph on a plane.
func (s *Streets) check() error {
	if !knownCRS(s.CRS) || s.CRS == "EPSG:4326" {
		return invalid("grid.unknown-crs", "crs", s.CRS)
	}
	if len(s.Nodes) > maxStreetNodes || len(s.Edges) > 2*maxStreetNodes {
		return aiqyn.E(aiqyn.TooLarge, "grid.too-large", "limit_mib", maxStreetBytes>>20)
	}
	for i, n := range s.Nodes {
		if err := within("street", i, bound{"x", float64(n[0]), -farthestMM, farthestMM}, bound{"y", float64(n[1]), -farthestMM, farthestMM}); err != nil {
			return err
		}
	}
	for i, e := range s.Edges {
		if err := within("street", i, bound{"from", float64(e[0]), 0, float64(len(s.Nodes) - 1)}, bound{"to", float64(e[1]), 0, float64(len(s.Nodes) - 1)}); err != nil {
			return err
		}
		a, b := s.Nodes[e[0]], s.Nodes[e[1]]
		if err := within("street", i, bound{"length", float64(distance(b[0]-a[0], b[1]-a[1])), 1, longestMM}); err != nil {
			return err
		}
	}
	return nil
}

// sorted has every edge from the lower node to the higher, in order, once.
func (s *Streets) sorted() *Streets {
	out := &Streets{CRS: s.CRS, Name: s.Name, Nodes: list(s.Nodes), Edges: make([][2]int32, len(s.Edges))}
	for i, e := range s.Edges {
		out.Edges[i] = [2]int32{min(e[0], e[1]), max(e[0], e[1])}
	}
	slices.SortFunc(out.Edges, func(a, b [2]int32) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	out.Edges = slices.Compact(out.Edges)
	return out
}

// Encode writes the JSON of a published snapshot. Equal streets give equal bytes.
func (s *Streets) Encode() []byte {
	data, err := json.Marshal(s.sorted())
	if err != nil {
		panic("grid: streets cannot be encoded: " + err.Error())
	}
	return data
}

// Hash names streets by their content: SHA-256 of [Streets.Encode], in hex.
func (s *Streets) Hash() string {
	sum := sha256.Sum256(s.Encode())
	return hex.EncodeToString(sum[:])
}

// CompileSnapshot reads a published snapshot, streets or a network, tells by its
// first key which, and returns the *[StreetGraph] or *[Model] with the hash of
// its content. find is that of [ReadSnapshot].
func CompileSnapshot(data []byte, find func(hash string) ([]byte, error)) (compiled any, hash string, err error) {
	if bytes.HasPrefix(data, []byte(`{"crs":`)) {
		s, err := ReadStreets(data)
		if err != nil {
			return nil, "", err
		}
		compiled, err = CompileStreets(s)
		return compiled, s.Hash(), err
	}
	n, _, err := ReadSnapshot(data, find)
	if err != nil {
		return nil, "", err
	}
	compiled, err = Compile(n)
	return compiled, n.Hash(), err
}
