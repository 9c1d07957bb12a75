package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"aiqyn"
)

// square is a parcel with a corner at a place.
func square(n int, x, y, side float64) Plot {
	return Plot{Number: fmt.Sprintf("99-999-001-%03d", n), Area: int64(side * side), Use: "dwelling", X: x + side/2, Y: y + side/2,
		Polygon: [][2]float64{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}}}
}

// TestCellsFindWhatTouches: of parcels of every size, wherever they lie, the stretches of
// a box find all that touch it, by few ranges, and a parcel has four cells at most.
func TestCellsFindWhatTouches(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var list []Plot
	for i := range 800 {
		side := float64(int64(1) << r.IntN(22))
		list = append(list, square(i%1000, (r.Float64()-0.5)*3e5, (r.Float64()-0.5)*3e5+5e6, side))
	}
	list = append(list, Plot{Number: "99-999-002-001", X: 12, Y: -7}, square(801, 31.999, -0.001, 0.002), square(802, -most+1, -most+1, 2*most-3))
	touched := 0
	for range 400 {
		x, y, side := (r.Float64()-0.5)*3e5, (r.Float64()-0.5)*3e5+5e6, float64(int64(1)<<r.IntN(14))
		box := Box{x, y, x + side, y + side/3}
		ranges := box.Stretches()
		if len(ranges) > 4*(cellLevels+1) {
			t.Fatalf("%d ranges", len(ranges))
		}
		for i := range list {
			cells := list[i].Cells()
			if len(cells) < 1 || len(cells) > 4 {
				t.Fatalf("%d cells", len(cells))
			}
			found := slices.ContainsFunc(cells, func(c int64) bool {
				return slices.ContainsFunc(ranges, func(r [2]int64) bool { return c >= r[0] && c <= r[1] })
			})
			if list[i].Box().touches(box) {
				touched++
				if !found {
					t.Fatalf("%+v is not found under %+v", list[i], box)
				}
			}
		}
	}
	if touched < 1000 {
		t.Errorf("only %d were touched", touched)
	}
	if cells := (&Plot{X: 1e9}).Cells(); cells != nil {
		t.Errorf("what lies nowhere has cells %v", cells)
	}
	if CellsOf(&Parcel{X: 1, Y: 2}) == nil || CellsOf(Parcel{X: 1, Y: 2}) == nil || CellsOf(Right{}) != nil {
		t.Error("the cells of documents")
	}
}

// TestNearest: the smallest parcel that a place lies in, or else the nearest within reach.
func TestNearest(t *testing.T) {
	field, house, beside := square(1, 0, 0, 1000), square(2, 100, 100, 30), square(3, 2000, 0, 30)
	list := []Plot{field, house, beside, {Number: "99-999-001-004", X: 3000, Y: 3000}}
	for _, c := range []struct {
		x, y float64
		want string
		away float64
	}{
		{110, 110, house.Number, 0}, {90, 90, field.Number, 0}, {1990, 15, beside.Number, 10}, {1500, 15, "", 0},
		{2030, 30, beside.Number, 0}, {3003, 3004, "99-999-001-004", 5}, {3000, 3016, "", 0},
	} {
		p, away := Nearest(list, c.x, c.y, 15)
		if (p == nil) != (c.want == "") || p != nil && (p.Number != c.want || away != c.away) {
			t.Errorf("at %v, %v: %+v, %v", c.x, c.y, p, away)
		}
	}
}

// cadastre is a register of parcels by place, for both ways to reach one.
var cadastre = func() map[string]map[string]string {
	data := map[string]string{}
	for i, p := range []Plot{square(1, 0, 0, 30), square(2, 40, 0, 30), square(3, -5000, -5000, 10_000), square(4, 900, 900, 10)} {
		value, _ := json.Marshal(Parcel{Number: p.Number, Area: p.Area, Use: p.Use, X: p.X, Y: p.Y, Polygon: p.Polygon, Address: "Абай 5", Region: "71", District: "7110", Lat: 51, Lon: float64(71 + i)})
		data[p.Number] = string(value)
	}
	return map[string]map[string]string{ParcelRegister: data, RightRegister: {"99-999-001-001": `{"holders":[{"person":"900101750009"}]}`}}
}()

// RegisterRowsAt looks each of the ranges up in the cells of its rows.
func (r *rows) RegisterRowsAt(ctx context.Context, register string, ranges [][2]int64, each func(value []byte)) (bool, error) {
	for key := range r.data[register] {
		value, _, _, err := r.RegisterRow(ctx, register, key)
		if err != nil {
			return false, err
		}
		var p Plot
		if err := json.Unmarshal(value, &p); err != nil {
			each(value)
			continue
		}
		for _, c := range p.Cells() {
			if slices.ContainsFunc(ranges, func(r [2]int64) bool { return c >= r[0] && c <= r[1] }) {
				each(value)
			}
		}
	}
	return false, nil
}

// places serves parcels by place as a cadastre behind a security server would.
func (s *securityServer) places(w http.ResponseWriter, r *http.Request) {
	var box Box
	_, err := fmt.Sscanf(strings.ReplaceAll(r.URL.Query().Get("bbox"), ",", " "), "%g %g %g %g", &box.X0, &box.Y0, &box.X1, &box.Y1)
	list, _, failed := NewLocal(&s.rows).Plots(r.Context(), box)
	if err != nil || failed != nil {
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"more": false, "parcels": append(list, square(9, 5000, 5000, 3))}) // one more than was asked for
}

// TestPlaces holds every implementation to the contract of [Placed].
func TestPlaces(t *testing.T) {
	withPlaces := func(c *XRoadConfig) { c.Services[PlaceService] = "KZ/GOV/1001/cadastre/places" }
	for name, open := range map[string]func(down bool) Register{
		"local":  func(down bool) Register { return NewLocal(&rows{cadastre, down}) },
		"x-road": func(down bool) Register { return newXRoad(t, &securityServer{rows: rows{cadastre, down}}, withPlaces) },
		"routed and recorded": func(down bool) Register {
			never := func(context.Context, Query, Reading, error) error { t.Error("a person was read"); return nil }
			return Recorded(Routes{ParcelRegister: NewLocal(&rows{cadastre, down})}, never)
		},
	} {
		t.Run(name, func(t *testing.T) {
			list, more, err := PlotsIn(t.Context(), open(false), Box{-10, -10, 100, 20})
			if err != nil || more || len(list) != 3 {
				t.Fatalf("%d parcels, more %v, %v", len(list), more, err)
			}
			if want := []Plot{square(1, 0, 0, 30), square(2, 40, 0, 30), square(3, -5000, -5000, 10_000)}; !reflect.DeepEqual(list, want) {
				t.Errorf("got %+v", list)
			}
			if list, _, err := PlotsIn(t.Context(), open(false), Box{-1e5, 1e5, -1e5, 1e5}); err != nil || len(list) != 0 {
				t.Errorf("in the sea: %v, %v", list, err)
			}
			for _, box := range []Box{{2, 0, 1, 0}, {0, 0, 1e9, 0}} {
				if _, _, err := PlotsIn(t.Context(), open(false), box); aiqyn.KindOf(err) != aiqyn.Invalid {
					t.Errorf("%+v: %v", box, err)
				}
			}
			_, _, err = PlotsIn(t.Context(), open(true), Box{0, 0, 1, 1})
			isUnavailable(t, "a register that is down", err)
		})
	}
	_, _, err := PlotsIn(t.Context(), newXRoad(t, &securityServer{rows: rows{data: cadastre}}, nil), Box{0, 0, 1, 1})
	if aiqyn.KindOf(err) != aiqyn.Unavailable || !strings.Contains(err.Error(), "no-places") {
		t.Errorf("a cadastre that answers by number alone: %v", err)
	}
	broken := &rows{data: map[string]map[string]string{ParcelRegister: {"1": `{"number":`}}}
	_, _, err = PlotsIn(t.Context(), NewLocal(broken), Box{0, 0, 1, 1})
	isUnavailable(t, "a malformed row", err)
}

// FuzzParsePlots holds that what a cadastre answers by place is read or refused, and that
// everything read lies in the box, can be named and drawn, and is in order.
func FuzzParsePlots(f *testing.F) {
	for _, s := range []string{
		`{"more":true,"parcels":[{"area":600,"number":"99-999-012-0345","polygon":[[1,2],[3,4],[5,6]],"use":"dwelling","x":3,"y":4}]}`,
		`{"parcels":[{"number":"99-999-012-345","x":1e300}]}`, `{"parcels":[{"number":"1"}]}`, `{"parcels":[]} {}`, `[]`, `{"parcels":[{"number":"99-999-012-345","area":-1}]}`,
	} {
		f.Add([]byte(s))
	}
	box := Box{-1e4, -1e4, 1e4, 1e4}
	f.Fuzz(func(t *testing.T, data []byte) {
		list, _, err := ParsePlots(data, box)
		if err != nil {
			return
		}
		for i := range list {
			if !list[i].Box().touches(box) || len(list[i].Cells()) == 0 || i > 0 && list[i-1].Number >= list[i].Number {
				t.Errorf("%+v", list[i])
			}
			if away := list[i].Away(1, 2); away < 0 || away != away {
				t.Errorf("%v metres away", away)
			}
		}
	})
}
