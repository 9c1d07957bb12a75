package casework

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/registry"
	"aiqyn/tile"
)

// placesAlone is a register of which nothing may be read but what lies where.
type placesAlone struct {
	registry.Register
	t *testing.T
}

func (p placesAlone) Read(_ context.Context, q registry.Query) (registry.Reading, error) {
	p.t.Errorf("%s is read of %s", q.Register, q.Key)
	return registry.Reading{}, aiqyn.E(aiqyn.Unavailable, "error.register-unavailable", "register", q.Register, "retry", 1)
}

func (p placesAlone) Plots(ctx context.Context, box registry.Box) ([]registry.Plot, bool, error) {
	return registry.PlotsIn(ctx, p.Register, box)
}

// TestParcelsByPlace: a place is of the parcel that it lies in, or of the nearest within a
// few metres; a window has those that it shows, a tile all of them and no more bytes than
// it may. Nothing of it reads a person.
func TestParcelsByPlace(t *testing.T) {
	r := newRig(t)
	for i := range 60 {
		x, y := 510_000+float64(i%10)*40, 5_660_000+float64(i/10)*40
		r.register(registry.ParcelRegister, fmt.Sprintf("99-999-003-%03d", i), registry.Parcel{Number: fmt.Sprintf("99-999-003-%03d", i), Area: 900, Use: "dwelling", Address: "Абай 5",
			X: x + 15, Y: y + 15, Polygon: [][2]float64{{x, y}, {x + 30, y}, {x + 30, y + 30}, {x, y + 30}}})
	}
	r.Registers = placesAlone{r.Registers, t}
	m := r.Capacity.tables().Model
	at := func(x, y float64) (ParcelSeen, error) {
		lon, lat, _ := m.Degrees(m.Millimetres(x, y))
		return r.ParcelAt(t.Context(), lon, lat)
	}
	for _, c := range []struct {
		x, y   float64
		number string
		away   int64
	}{{510_055, 5_660_045, "99-999-003-011", 0}, {510_033, 5_660_010, "99-999-003-000", 3}, {510_038, 5_660_010, "99-999-003-001", 2}, {510_380, 5_660_010, "99-999-003-009", 0}} {
		p, err := at(c.x, c.y)
		if err != nil || p.Number != c.number || p.AwayM < c.away || p.AwayM > c.away+1 || len(p.Ring) != 4 {
			t.Errorf("%v, %v: %+v, %v", c.x, c.y, p, err)
		}
	}
	if _, err := at(520_000, 5_660_000); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("in the steppe: %v", err)
	}
	if _, err := r.ParcelAt(t.Context(), -120, 89); aiqyn.KindOf(err) != aiqyn.NotFound && aiqyn.KindOf(err) != aiqyn.Invalid {
		t.Errorf("elsewhere: %v", err)
	}
	first, err := at(510_015, 5_660_015)
	if err != nil {
		t.Fatal(err)
	}
	w := Window{Middle: first.Middle, Zoom: 18}
	list, more, err := r.ParcelsIn(t.Context(), w)
	if err != nil || more || len(list) < 12 || len(list) == 60 || list[0].Number != "99-999-003-000" {
		t.Errorf("a window has %d, more %v, %v", len(list), more, err)
	}
	w.Zoom = ParcelZoom - 1
	if list, _, err := r.ParcelsIn(t.Context(), w); err != nil || list != nil {
		t.Errorf("from afar %d, %v", len(list), err)
	}
	near, far := first.Middle.Tile(17), first.Middle.Tile(ParcelZoom-1)
	data, err := r.ParcelTile(t.Context(), near)
	if err != nil || !strings.Contains(string(data), "99-999-003-000") || !strings.Contains(string(data), LayerParcels) || strings.Contains(string(data), "Абай") {
		t.Errorf("a tile of %d bytes, %v", len(data), err)
	}
	if again, err := r.ParcelTile(t.Context(), near); err != nil || string(again) != string(data) {
		t.Errorf("the same tile once more: %d bytes, %v", len(again), err)
	}
	if data, err := r.ParcelTile(t.Context(), far); err != nil || len(data) != 0 {
		t.Errorf("a tile of afar has %d bytes, %v", len(data), err)
	}
}

// TestATileOfParcelsIsSmall: where parcels are too many, and too many-cornered, for a tile
// the smallest are left out.
func TestATileOfParcelsIsSmall(t *testing.T) {
	a := tile.At(71.4, 51.1).Tile(16)
	nw, _ := a.Corners()
	var list []ParcelSeen
	for i := range uint32(3000) {
		p := ParcelSeen{Plot: registry.Plot{Number: fmt.Sprintf("99-999-%03d-%03d", i/1000, i%1000), Area: int64(i)}}
		for j := range uint32(40) {
			p.Ring = append(p.Ring, tile.World{X: nw.X + i*20 + j*j%61, Y: nw.Y + j*40})
		}
		list = append(list, p)
	}
	data := DrawParcels(a, list)
	if len(data) > MaxTile || len(data) < MaxTile/2 {
		t.Errorf("%d bytes", len(data))
	}
	if !strings.Contains(string(data), "99-999-002-999") || strings.Contains(string(data), "99-999-000-000") {
		t.Error("not the largest are drawn")
	}
}
