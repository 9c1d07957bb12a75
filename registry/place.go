package registry

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"aiqyn"
)

// PlaceService is the service of the cadastre that finds parcels by where they lie, as
// files of registers name it. It is no register that anybody looks rows up in.
const PlaceService = "cadastre.places"

// Plot is what the cadastre tells anybody who points at a place: the parcel and where it
// lies. Who holds it is another register, which is not asked.
type Plot struct {
	Area    int64        `json:"area"` // m²
	Number  string       `json:"number"`
	Polygon [][2]float64 `json:"polygon,omitempty"` // x, y of the corners, not closed
	Use     string       `json:"use"`
	X       float64      `json:"x"` // of its middle
	Y       float64      `json:"y"`
}

// Plot is what of a parcel is told by place.
func (p *Parcel) Plot() *Plot {
	return &Plot{Area: p.Area, Number: p.Number, Polygon: p.Polygon, Use: p.Use, X: p.X, Y: p.Y}
}

// Box is a rectangle of the plane in which parcels are surveyed, in its metres.
type Box struct{ X0, Y0, X1, Y1 float64 }

// MostPlots is how many parcels one question by place gives at most; MostCorners how many
// corners a parcel may have.
const (
	MostPlots   = 2000
	MostCorners = 2000
)

// Placed is a register that finds parcels by where they lie. Its contract: every parcel
// whose rectangle touches the box, ascending by number, no more than [MostPlots]; more
// says that there are others. It never reads who holds one.
type Placed interface {
	Plots(ctx context.Context, box Box) (list []Plot, more bool, err error)
}

// PlotsIn asks a register for the parcels of a box. One that cannot be asked by place
// is an error of kind Unavailable.
func PlotsIn(ctx context.Context, register Register, box Box) ([]Plot, bool, error) {
	if !box.valid() {
		return nil, false, aiqyn.E(aiqyn.Invalid, "error.wish-place").On("at")
	}
	if placed, ok := register.(Placed); ok {
		return placed.Plots(ctx, box)
	}
	return nil, false, noPlaces()
}

// noPlaces is said where parcels can be had by their numbers alone.
func noPlaces() error {
	return aiqyn.E(aiqyn.Unavailable, "error.register-no-places", "register", ParcelRegister)
}

// most is how far from the origin of the plane anything lies, in metres: farther than any
// national plane reaches.
const most = 1 << 25

func (b Box) valid() bool {
	for _, v := range []float64{b.X0, b.Y0, b.X1, b.Y1} {
		if math.IsNaN(v) || math.Abs(v) >= most {
			return false
		}
	}
	return b.X0 <= b.X1 && b.Y0 <= b.Y1
}

// Grown is the box with so many metres more on each side.
func (b Box) Grown(by float64) Box { return Box{b.X0 - by, b.Y0 - by, b.X1 + by, b.Y1 + by} }

func (b Box) touches(o Box) bool {
	return b.X0 <= o.X1 && o.X0 <= b.X1 && b.Y0 <= o.Y1 && o.Y0 <= b.Y1
}

// Box is the rectangle of the parcel; of one without corners its middle.
func (p *Plot) Box() Box {
	if len(p.Polygon) == 0 {
		return Box{p.X, p.Y, p.X, p.Y}
	}
	b := Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, c := range p.Polygon {
		b = Box{min(b.X0, c[0]), min(b.Y0, c[1]), max(b.X1, c[0]), max(b.Y1, c[1])}
	}
	return b
}

// Away is how many metres a place is from the parcel: 0 within it.
func (p *Plot) Away(x, y float64) float64 {
	n := len(p.Polygon)
	if n < 3 {
		return math.Hypot(x-p.X, y-p.Y)
	}
	inside, nearest := false, math.Inf(1)
	for i, a := range p.Polygon {
		b := p.Polygon[(i+1)%n]
		if (a[1] > y) != (b[1] > y) && x < (b[0]-a[0])*(y-a[1])/(b[1]-a[1])+a[0] {
			inside = !inside
		}
		nearest = min(nearest, fromEdge(x, y, a, b))
	}
	if inside {
		return 0
	}
	return nearest
}

// fromEdge is how far a place is from a straight edge.
func fromEdge(x, y float64, a, b [2]float64) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	share := 0.0
	if long := dx*dx + dy*dy; long > 0 {
		share = min(max(((x-a[0])*dx+(y-a[1])*dy)/long, 0), 1)
	}
	return math.Hypot(x-a[0]-share*dx, y-a[1]-share*dy)
}

// Nearest is the parcel that a place means: the smallest that it lies in, or else the
// nearest within reach, in metres; of equals the first by number. It is nil where there
// is none.
func Nearest(list []Plot, x, y, reach float64) (plot *Plot, away float64) {
	for i := range list {
		p := &list[i]
		d := p.Away(x, y)
		if d > reach {
			continue
		}
		if plot == nil || cmp.Or(cmp.Compare(d, away), cmp.Compare(p.Area, plot.Area), cmp.Compare(p.Number, plot.Number)) < 0 {
			plot, away = p, d
		}
	}
	return plot, away
}

// plots puts what was found into its order, each once, and says whether there are more.
func plots(list []Plot, more bool) ([]Plot, bool) {
	slices.SortFunc(list, func(a, b Plot) int { return cmp.Compare(a.Number, b.Number) })
	list = slices.CompactFunc(list, func(a, b Plot) bool { return a.Number == b.Number })
	if len(list) > MostPlots {
		return list[:MostPlots], true
	}
	return list, more
}

// ParsePlots reads the answer of a cadastre to a question by place:
//
//	{"more":false,"parcels":[{"area":600,"number":"21-318-012-0345","polygon":[[1,2],[3,4],[5,6]],"use":"dwelling","x":3,"y":4}]}
//
// What else a parcel has there is left unread. Parcels outside the box are not taken.
func ParsePlots(data []byte, box Box) ([]Plot, bool, error) {
	var answer struct {
		More    bool   `json:"more"`
		Parcels []Plot `json:"parcels"`
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&answer); err != nil {
		return nil, false, misfit(err)
	}
	if d.More() {
		return nil, false, errors.New("something follows the parcels")
	}
	list := answer.Parcels[:0]
	for _, p := range answer.Parcels {
		number, err := ParseCadastral(p.Number, true)
		if err != nil {
			return nil, false, errors.New("a parcel without a cadastral number")
		}
		p.Number = string(number)
		if err := p.check(); err != nil {
			return nil, false, err
		}
		if p.Box().touches(box) {
			list = append(list, p)
		}
	}
	list, more := plots(list, answer.More)
	return list, more, nil
}

// check refuses a parcel that cannot be drawn.
func (p *Plot) check() error {
	if len(p.Polygon) > MostCorners {
		return fmt.Errorf("a parcel with more than %d corners", MostCorners)
	}
	if p.Area < 0 || !(Box{p.X, p.Y, p.X, p.Y}).valid() || !p.Box().valid() {
		return errors.New("a parcel that lies nowhere")
	}
	return nil
}
