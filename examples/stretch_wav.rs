//! Changes the speed of a WAV file: `stretch_wav IN.wav OUT.wav SPEED`. Writes 32-bit float, and to standard error how
//! many times faster than realtime it was, by the clock on the wall. For `scripts/stretch-quality`.

use std::error::Error;
use std::process::ExitCode;

use plenary::audio::stretch::Stretch;
use plenary::time::Rate;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, speed] = args.as_slice() else {
        report("usage: stretch_wav IN.wav OUT.wav SPEED");
        return ExitCode::from(2);
    };
    match run(input, output, speed) {
        Ok(summary) => {
            report(&summary);
            ExitCode::SUCCESS
        }
        Err(error) => {
            report(&format!("Cannot stretch {input}: {error}"));
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "a command-line tool reports there")]
fn report(text: &str) {
    eprintln!("{text}");
}

fn run(input: &str, output: &str, speed: &str) -> Result<String, Box<dyn Error>> {
    let rate = Rate::from_factor(speed.parse()?);
    let mut reader = hound::WavReader::open(input)?;
    let spec = reader.spec();
    let samples: Vec<f32> = match spec.sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().collect::<Result<_, _>>()?,
        hound::SampleFormat::Int => {
            let scale = 2.0_f32.powi(1 - i32::from(spec.bits_per_sample));
            reader.samples::<i32>().map(|s| s.map(|s| s as f32 * scale)).collect::<Result<_, _>>()?
        }
    };

    #[expect(clippy::disallowed_methods, reason = "measures how long the work takes")]
    let begun = std::time::Instant::now();
    let mut stretch = Stretch::new(spec.sample_rate, spec.channels);
    stretch.set_rate(rate);
    let (mut out, mut spans) = (Vec::new(), Vec::new());
    // Packets of the size that decoders hand out.
    for packet in samples.chunks(1024 * usize::from(spec.channels)) {
        stretch.push(packet);
        stretch.pull(&mut out, &mut spans, false);
    }
    stretch.pull(&mut out, &mut spans, true);
    let took = begun.elapsed().as_secs_f64();

    let out_spec = hound::WavSpec { bits_per_sample: 32, sample_format: hound::SampleFormat::Float, ..spec };
    let mut writer = hound::WavWriter::create(output, out_spec)?;
    for sample in &out {
        writer.write_sample(*sample)?;
    }
    writer.finalize()?;
    let seconds = out.len() as f64 / f64::from(spec.sample_rate) / f64::from(spec.channels);
    Ok(format!("{seconds:.3} s of output, {:.0} times realtime, {} spans", seconds / took.max(1e-9), spans.len()))
}
