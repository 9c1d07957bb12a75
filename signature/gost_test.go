package signature

import (
	"math/big"
	"testing"
)

// The two examples of RFC 7091, section 7: their curves, keys and signatures.
var gostExamples = []struct {
	curve               *curve
	d, qx, qy, e, k     string
	wantR, wantS, named string
}{
	{
		named: "256 bits",
		curve: &curve{
			p: hexInt("8000000000000000000000000000000000000000000000000000000000000431"), a: big.NewInt(7),
			b: hexInt("5FBFF498AA938CE739B8E022FBAFEF40563F6E6A3472FC2A514C0CE9DAE23B7E"),
			q: hexInt("8000000000000000000000000000000150FE8A1892976154C59CFC193ACCF5B3"),
			x: big.NewInt(2), y: hexInt("8E2A8A0E65147D4BD6316030E16D19C85C97F0A9CA267122B96ABBCEA7E8FC8"), size: 32,
		},
		d:     "7A929ADE789BB9BE10ED359DD39A72C11B60961F49397EEE1D19CE9891EC3B28",
		qx:    "7F2B49E270DB6D90D8595BEC458B50C58585BA1D4E9B788F6689DBD8E56FD80B",
		qy:    "26F1B489D6701DD185C8413A977B3CBBAF64D1C593D26627DFFB101A87FF77DA",
		e:     "2DFBC1B372D89A1188C09C52E0EEC61FCE52032AB1022E8E67ECE6672B043EE5",
		k:     "77105C9B20BCD3122823C8CF6FCC7B956DE33814E95B7FE64FED924594DCEAB3",
		wantR: "41AA28D2F1AB148280CD9ED56FEDA41974053554A42767B83AD043FD39DC0493",
		wantS: "1456C64BA4642A1653C235A98A60249BCD6D3F746B631DF928014F6C5BF9C40",
	},
	{
		named: "512 bits",
		curve: &curve{
			p: hexInt("4531ACD1FE0023C7550D267B6B2FEE80922B14B2FFB90F04D4EB7C09B5D2D15DF1D852741AF4704A0458047E80E4546D35B8336FAC224DD81664BBF528BE6373"),
			a: big.NewInt(7),
			b: hexInt("1CFF0806A31116DA29D8CFA54E57EB748BC5F377E49400FDD788B649ECA1AC4361834013B2AD7322480A89CA58E0CF74BC9E540C2ADD6897FAD0A3084F302ADC"),
			q: hexInt("4531ACD1FE0023C7550D267B6B2FEE80922B14B2FFB90F04D4EB7C09B5D2D15DA82F2D7ECB1DBAC719905C5EECC423F1D86E25EDBE23C595D644AAF187E6E6DF"),
			x: hexInt("24D19CC64572EE30F396BF6EBBFD7A6C5213B3B3D7057CC825F91093A68CD762FD60611262CD838DC6B60AA7EEE804E28BC849977FAC33B4B530F1B120248A9A"),
			y: hexInt("2BB312A43BD2CE6E0D020613C857ACDDCFBF061E91E5F2C3F32447C259F39B2C83AB156D77F1496BF7EB3351E1EE4E43DC1A18B91B24640B6DBB92CB1ADD371E"), size: 64,
		},
		d:     "0BA6048AADAE241BA40936D47756D7C93091A0E8514669700EE7508E508B102072E8123B2200A0563322DAD2827E2714A2636B7BFD18AADFC62967821FA18DD4",
		e:     "3754F3CFACC9E0615C4F4A7C4D8DAB531B09B6F9C170C533A71D147035B0C5917184EE536593F4414339976C647C5D5A407ADEDB1D560C4FC6777D2972075B8C",
		k:     "0359E7F4B1410FEACC570456C6801496946312120B39D019D455986E364F365886748ED7A44B3E794434006011842286212273A6D14CF70EA3AF71BB1AE679F1",
		wantR: "2F86FA60A081091A23DD795E1E3C689EE512A3C82EE0DCC2643C78EEA8FCACD35492558486B20F1C9EC197C90699850260C93BCBCD9C5C3317E19344E173AE36",
		wantS: "1081B394696FFE8E6585E7A9362D26B6325F56778AADBC081C0BFBE933D52FF5823CE288E8C4F362526080DF7F70CE406A6EEB1F56919CB92A9853BDE73E5B4A",
	},
}

func TestGOSTExamples(t *testing.T) {
	for _, x := range gostExamples {
		c, d, e := x.curve, hexInt(x.d), hexInt(x.e)
		public := c.combine(d, affine(c.x, c.y), new(big.Int), infinity())
		inverse := new(big.Int).ModInverse(public.z, c.p)
		qx, qy := c.abscissa(public), c.mul(public.y, c.mul(inverse, c.mul(inverse, inverse)))
		if x.qx != "" && (qx.Cmp(hexInt(x.qx)) != 0 || qy.Cmp(hexInt(x.qy)) != 0) {
			t.Errorf("%s: public key %x, %x", x.named, qx, qy)
		}
		r, s := c.sign(d, e, hexInt(x.k))
		if r.Cmp(hexInt(x.wantR)) != 0 || s.Cmp(hexInt(x.wantS)) != 0 {
			t.Errorf("%s: signature %x, %x", x.named, r, s)
		}
		if !c.verify(qx, qy, e, r, s) {
			t.Errorf("%s: the example does not verify", x.named)
		}
		one := big.NewInt(1)
		for what, bad := range map[string]bool{
			"another hash": c.verify(qx, qy, new(big.Int).Add(e, one), r, s), "another r": c.verify(qx, qy, e, new(big.Int).Add(r, one), s),
			"another s": c.verify(qx, qy, e, r, new(big.Int).Add(s, one)), "s beyond the order": c.verify(qx, qy, e, r, new(big.Int).Add(s, c.q)),
			"no r": c.verify(qx, qy, e, new(big.Int), s), "no point": c.verify(qx, new(big.Int).Add(qy, one), e, r, s),
		} {
			if bad {
				t.Errorf("%s: verifies with %s", x.named, what)
			}
		}
	}
}

// TestParamSetA holds the curve of the certificates against its own equations.
func TestParamSetA(t *testing.T) {
	c := paramSetA
	if !c.holds(c.x, c.y) || !c.p.ProbablyPrime(20) || !c.q.ProbablyPrime(20) {
		t.Error("the generator is not on the curve, or the field or the order is not prime")
	}
	if p := c.combine(c.q, affine(c.x, c.y), new(big.Int), infinity()); p.z.Sign() != 0 {
		t.Error("the generator is not of order q")
	}
	last := c.combine(new(big.Int).Sub(c.q, big.NewInt(1)), affine(c.x, c.y), new(big.Int), infinity())
	if c.add(last, affine(c.x, c.y)).z.Sign() != 0 || c.abscissa(last).Cmp(c.x) != 0 {
		t.Error("q-1 times the generator is not its opposite")
	}
}

func TestGOSTKey(t *testing.T) {
	private, k := big.NewInt(1234567), big.NewInt(7654321)
	key := GOSTPublic(private)
	again, err := NewGOSTKey(key.Bytes())
	if err != nil || again.x.Cmp(key.x) != 0 || again.y.Cmp(key.y) != 0 {
		t.Fatalf("%v: %v", err, again)
	}
	h := NewStreebog512()
	h.Write([]byte("решение"))
	sum := h.Sum(nil)
	sig := GOSTSign(private, k, sum)
	if !again.Verify(sum, sig) {
		t.Error("our own signature does not verify")
	}
	for i := range 16 { // one bit in every eighth byte
		bad := append([]byte(nil), sig...)
		bad[8*i] ^= 1
		if again.Verify(sum, bad) {
			t.Errorf("byte %d can be changed", 8*i)
		}
	}
	if again.Verify(sum[:32], sig) || again.Verify(sum, sig[:127]) || again.Verify(nil, nil) {
		t.Error("shortened, it verifies")
	}
	bad := key.Bytes()
	bad[0] ^= 1
	if _, err := NewGOSTKey(bad); err == nil {
		t.Error("a point beside the curve is taken")
	}
	if _, err := NewGOSTKey(bad[:100]); err == nil {
		t.Error("half a key is taken")
	}
	if GOSTSign(private, new(big.Int), sum) != nil {
		t.Error("signs with no secret")
	}
}

func BenchmarkGOSTVerify(b *testing.B) {
	key, sum := GOSTPublic(big.NewInt(1234567)), make([]byte, 64)
	sig := GOSTSign(big.NewInt(1234567), big.NewInt(7654321), sum)
	for b.Loop() {
		key.Verify(sum, sig)
	}
}
