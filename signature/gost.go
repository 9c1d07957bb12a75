package signature

import (
	"errors"
	"math/big"
)

// curve is an elliptic curve y² = x³ + ax + b over a prime field, with a
// generator (x, y) of prime order q, as GOST R 34.10-2012 uses them (RFC 7091).
type curve struct {
	p, a, b, q, x, y *big.Int
	size             int // bytes of a coordinate
}

func hexInt(s string) *big.Int {
	n, ok := new(big.Int).SetString(s, 16)
	if !ok {
		panic("not a hexadecimal number: " + s)
	}
	return n
}

// paramSetA is id-tc26-gost-3410-12-512-paramSetA (RFC 7836), which Kazakhstan
// names 1.2.398.3.10.1.1.2.2.1.
var paramSetA = &curve{
	p: hexInt("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF" +
		"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFDC7"),
	a: hexInt("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF" +
		"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFDC4"),
	b: hexInt("E8C2505DEDFC86DDC1BD0B2B6667F1DA34B82574761CB0E879BD081CFD0B6265" +
		"EE3CB090F30D27614CB4574010DA90DD862EF9D4EBEE4761503190785A71C760"),
	q: hexInt("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF" +
		"27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275"),
	x: big.NewInt(3),
	y: hexInt("7503CFE87A836AE3A61B8816E25450E6CE5E1C93ACF1ABC1778064FDCBEFA921" +
		"DF1626BE4FD036E93D75E6A50E3A41E98028FE5FC235F5B889A589CB5215F2A4"),
	size: 64,
}

// point is a point in Jacobian coordinates; z = 0 is the point at infinity.
type point struct{ x, y, z *big.Int }

func infinity() *point { return &point{big.NewInt(1), big.NewInt(1), new(big.Int)} }

func affine(x, y *big.Int) *point { return &point{x, y, big.NewInt(1)} }

// mul multiplies in the field.
func (c *curve) mul(a, b *big.Int) *big.Int {
	r := new(big.Int).Mul(a, b)
	return r.Mod(r, c.p)
}

func (c *curve) sub(a, b *big.Int) *big.Int {
	r := new(big.Int).Sub(a, b)
	return r.Mod(r, c.p)
}

func (c *curve) double(p *point) *point {
	if p.z.Sign() == 0 || p.y.Sign() == 0 {
		return infinity()
	}
	yy := c.mul(p.y, p.y)
	s := c.mul(p.x, yy)
	s.Lsh(s, 2)
	zz := c.mul(p.z, p.z)
	m := c.mul(c.a, c.mul(zz, zz))
	xx := c.mul(p.x, p.x)
	m.Add(m, xx.Mul(xx, big.NewInt(3)))
	x := c.sub(c.mul(m, m), new(big.Int).Lsh(s, 1))
	yyyy := c.mul(yy, yy)
	y := c.sub(c.mul(m, c.sub(s, x)), yyyy.Lsh(yyyy, 3))
	z := c.mul(p.y, p.z)
	return &point{x, y, z.Lsh(z, 1)}
}

func (c *curve) add(p, q *point) *point {
	switch {
	case p.z.Sign() == 0:
		return q
	case q.z.Sign() == 0:
		return p
	}
	pz, qz := c.mul(p.z, p.z), c.mul(q.z, q.z)
	u1, u2 := c.mul(p.x, qz), c.mul(q.x, pz)
	s1, s2 := c.mul(p.y, c.mul(qz, q.z)), c.mul(q.y, c.mul(pz, p.z))
	h, r := c.sub(u2, u1), c.sub(s2, s1)
	if h.Sign() == 0 {
		if r.Sign() == 0 {
			return c.double(p)
		}
		return infinity()
	}
	hh := c.mul(h, h)
	hhh := c.mul(h, hh)
	v := c.mul(u1, hh)
	x := c.sub(c.sub(c.mul(r, r), hhh), new(big.Int).Lsh(v, 1))
	y := c.sub(c.mul(r, c.sub(v, x)), c.mul(s1, hhh))
	return &point{x, y, c.mul(h, c.mul(p.z, q.z))}
}

// combine returns m·p + n·q, bit by bit for both at once.
func (c *curve) combine(m *big.Int, p *point, n *big.Int, q *point) *point {
	both, sum := c.add(p, q), infinity()
	for i := max(m.BitLen(), n.BitLen()) - 1; i >= 0; i-- {
		sum = c.double(sum)
		switch {
		case m.Bit(i) == 1 && n.Bit(i) == 1:
			sum = c.add(sum, both)
		case m.Bit(i) == 1:
			sum = c.add(sum, p)
		case n.Bit(i) == 1:
			sum = c.add(sum, q)
		}
	}
	return sum
}

// abscissa is the affine x of a point, nil at infinity.
func (c *curve) abscissa(p *point) *big.Int {
	if p.z.Sign() == 0 {
		return nil
	}
	inverse := new(big.Int).ModInverse(p.z, c.p)
	return c.mul(p.x, c.mul(inverse, inverse))
}

// holds reports whether (x, y) lies on the curve. Every curve here has prime
// order, so a point on it is of that order.
func (c *curve) holds(x, y *big.Int) bool {
	if x.Sign() < 0 || y.Sign() < 0 || x.Cmp(c.p) >= 0 || y.Cmp(c.p) >= 0 {
		return false
	}
	right := c.mul(c.mul(x, x), x)
	right.Add(right, c.mul(c.a, x)).Add(right, c.b)
	return c.mul(y, y).Cmp(right.Mod(right, c.p)) == 0
}

// digest is the hash as a number modulo q, 1 where that is 0.
func (c *curve) digest(e *big.Int) *big.Int {
	e = new(big.Int).Mod(e, c.q)
	if e.Sign() == 0 {
		e.SetInt64(1)
	}
	return e
}

// verify checks a signature (r, s) of a hash by the key (x, y).
func (c *curve) verify(x, y, e, r, s *big.Int) bool {
	if r.Sign() <= 0 || s.Sign() <= 0 || r.Cmp(c.q) >= 0 || s.Cmp(c.q) >= 0 || !c.holds(x, y) {
		return false
	}
	v := new(big.Int).ModInverse(c.digest(e), c.q)
	z1 := new(big.Int).Mul(s, v)
	z1.Mod(z1, c.q)
	z2 := new(big.Int).Mul(r, v)
	z2.Neg(z2).Mod(z2, c.q)
	got := c.abscissa(c.combine(z1, affine(c.x, c.y), z2, affine(x, y)))
	return got != nil && got.Mod(got, c.q).Cmp(r) == 0
}

// sign makes a signature with the private key d and the secret k, which must
// be used once; nil if k will not do. It takes a time that depends on the
// secrets: for keys that protect somebody, use a device.
func (c *curve) sign(d, e, k *big.Int) (r, s *big.Int) {
	if k.Sign() <= 0 || k.Cmp(c.q) >= 0 {
		return nil, nil
	}
	r = c.abscissa(c.combine(k, affine(c.x, c.y), new(big.Int), infinity()))
	r.Mod(r, c.q)
	s = new(big.Int).Mul(r, d)
	s.Add(s, new(big.Int).Mul(k, c.digest(e))).Mod(s, c.q)
	if r.Sign() == 0 || s.Sign() == 0 {
		return nil, nil
	}
	return r, s
}

// GOSTKey is a public key of GOST 34.10-2015 on paramSetA.
type GOSTKey struct{ x, y *big.Int }

// errGOSTKey says that bytes are no point of the curve.
var errGOSTKey = errors.New("not a point of the curve")

// NewGOSTKey reads a key as certificates have it: x, then y, lowest byte first.
func NewGOSTKey(b []byte) (*GOSTKey, error) {
	size := paramSetA.size
	if len(b) != 2*size {
		return nil, errGOSTKey
	}
	k := &GOSTKey{littleEndian(b[:size]), littleEndian(b[size:])}
	if !paramSetA.holds(k.x, k.y) {
		return nil, errGOSTKey
	}
	return k, nil
}

// Bytes is the key as certificates have it.
func (k *GOSTKey) Bytes() []byte {
	return append(toLittleEndian(k.x, paramSetA.size), toLittleEndian(k.y, paramSetA.size)...)
}

// Verify checks a signature of a Streebog-512 hash, as Kazakhstan writes it: r,
// then s, and the hash itself, each with the lowest byte first.
func (k *GOSTKey) Verify(hash, signature []byte) bool {
	size := paramSetA.size
	if len(hash) != size || len(signature) != 2*size {
		return false
	}
	return paramSetA.verify(k.x, k.y, littleEndian(hash), littleEndian(signature[:size]), littleEndian(signature[size:]))
}

// GOSTPublic is the public key of a private one.
func GOSTPublic(private *big.Int) *GOSTKey {
	c := paramSetA
	p := c.combine(private, affine(c.x, c.y), new(big.Int), infinity())
	inverse := new(big.Int).ModInverse(p.z, c.p)
	square := c.mul(inverse, inverse)
	return &GOSTKey{c.mul(p.x, square), c.mul(p.y, c.mul(square, inverse))}
}

// GOSTSign signs a Streebog-512 hash with a secret k that is used once; nil if
// k will not do. It is for practice: its time tells of its keys.
func GOSTSign(private, k *big.Int, hash []byte) []byte {
	r, s := paramSetA.sign(private, littleEndian(hash), k)
	if r == nil {
		return nil
	}
	return append(toLittleEndian(r, paramSetA.size), toLittleEndian(s, paramSetA.size)...)
}

func littleEndian(b []byte) *big.Int {
	turned := make([]byte, len(b))
	for i, v := range b {
		turned[len(b)-1-i] = v
	}
	return new(big.Int).SetBytes(turned)
}

func toLittleEndian(n *big.Int, size int) []byte {
	b := n.FillBytes(make([]byte, size))
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return b
}
