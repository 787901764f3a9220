fn main(){
    struct P; impl vcm_sim::demo::Watcher for P { fn stage(&mut self, s: vcm_sim::demo::Stage){println!("{}", s.name())} fn note(&mut self,t:&str){println!("   {t}")} }
    let n: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    let file: Vec<u8> = (0..n).map(|i| (i*7 + (i>>8)*3) as u8).collect();
    let t=std::time::Instant::now();
    let p = vcm_sim::demo::simulated::machine().unwrap();
    let mut w = vcm_sim::demo::simulated::Traced::new(p.clone(), "/tmp/demo-x.vcd".as_ref(), P).unwrap();
    let r = vcm_sim::demo::run(&p,&file,&mut w).unwrap();
    w.finish();
    for c in &r.checks { println!("{:?}", c); }
    println!("{:?}", vcm_sim::demo::simulated::check(&p));
    for t in &r.transfers { println!("{} {} {:?} {} {:?}", t.name, t.bytes, t.cycles(150_000_000), t.megabytes_per_second(), t.counters);}
    println!("{:?} {}", t.elapsed(), p.now());
}
