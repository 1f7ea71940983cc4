//! Pictures of videos on the graphics card, which also makes colours of brightness and differences: OpenGL 3.1 or ES 3.0. All of the
//! window's `unsafe` is here.
#![expect(unsafe_code, reason = "OpenGL is a C library")]

use std::sync::{Arc, Weak};

use eframe::egui_glow::ShaderVersion;
use eframe::glow::{self, HasContext};

use crate::app::films::Drawing;
use crate::video::{Form, Frame, Order, Planes};

const VERTEX: &str = "
uniform vec4 part;
uniform mat2 turn;
uniform vec2 shift;
uniform vec4 coarse;
out vec2 fine_at;
out vec2 coarse_at;
void main() {
    vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1));
    fine_at = turn * mix(part.xy, part.zw, vec2(corner.x, 1.0 - corner.y)) + shift;
    coarse_at = fine_at * coarse.xy + coarse.zw;
    gl_Position = vec4(2.0 * corner - 1.0, 0.0, 1.0);
}
";

const FRAGMENT: &str = "
uniform sampler2D luma;
uniform sampler2D first;
uniform sampler2D second;
uniform vec3 zero;
uniform mat3 tint;
uniform vec4 footprint;
uniform vec2 ratio;
uniform int taps;
in vec2 fine_at;
in vec2 coarse_at;
out vec4 colour;
vec3 values(vec2 fine, vec2 coarse) {
#if CONTENT == 0
    return texture(luma, fine).rgb;
#elif CONTENT == 1
    return vec3(texture(luma, fine).r, zero.yz);
#elif CONTENT == 2
    return vec3(texture(luma, fine).r, texture(first, coarse).rg);
#else
    return vec3(texture(luma, fine).r, texture(first, coarse).r, texture(second, coarse).r);
#endif
}
void main() {
#if CONTENT == 0 && SEVERAL == 0
    // As simple as can be: some that draw with the processor have a short way for this.
    colour = texture(luma, fine_at);
    return;
#endif
#if SEVERAL == 1
    vec3 sum = vec3(0.0);
    for (int y = 0; y < taps; y++) {
        for (int x = 0; x < taps; x++) {
            vec2 part = (vec2(float(x), float(y)) + 0.5) / float(taps) - 0.5;
            vec2 off = part.x * footprint.xy + part.y * footprint.zw;
            sum += values(fine_at + off, coarse_at + off * ratio);
        }
    }
    vec3 found = sum / float(taps * taps);
#else
    vec3 found = values(fine_at, coarse_at);
#endif
#if CONTENT == 0
    colour = vec4(found, 1.0);
#else
    colour = vec4(clamp(tint * (found - zero), 0.0, 1.0), 1.0);
#endif
}
";

/// Most values that are looked up for one pixel of the screen, across and down.
const MAX_TAPS: u16 = 6;
/// A picture whose pixels are this much smaller than those of the screen needs several of them for each: bilinear filtering looks at
/// two.
const SEVERAL_FROM: f32 = 2.0;

/// What is in the textures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    /// Red, green, blue.
    Colours,
    /// Brightness alone.
    Grey,
    /// Brightness; pairs of differences.
    Paired,
    /// Brightness; one difference; the other.
    Apart,
}

/// What a program is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind {
    content: Content,
    /// Several pixels of the picture make one of the screen.
    several: bool,
}

impl Kind {
    fn all() -> impl Iterator<Item = Self> {
        let all = [Content::Colours, Content::Grey, Content::Paired, Content::Apart];
        all.into_iter().flat_map(|content| [false, true].map(|several| Self { content, several }))
    }

    fn of(form: &Form, several: bool) -> Self {
        let content = match form {
            Form::Rgba => Content::Colours,
            Form::Planes(Planes { coarse: None, .. }) => Content::Grey,
            Form::Planes(Planes { paired: Some(_), .. }) => Content::Paired,
            Form::Planes(_) => Content::Apart,
        };
        Self { content, several }
    }

    fn switches(self) -> String {
        let content = match self.content {
            Content::Colours => 0,
            Content::Grey => 1,
            Content::Paired => 2,
            Content::Apart => 3,
        };
        format!("#define CONTENT {content}\n#define SEVERAL {}\n", u8::from(self.several))
    }
}

/// Names of those that draw with the processor, in lower case.
const PROCESSORS: [&str; 6] = ["llvmpipe", "softpipe", "swrast", "swiftshader", "software", "basic render"];

/// How videos are best drawn here. The variable `PLENARY_VIDEO` knows better: `card`, `processor`, `simple`.
pub fn drawing(gl: &glow::Context) -> Drawing {
    let told = std::env::var("PLENARY_VIDEO").unwrap_or_default();
    if told == "simple" {
        return Drawing::Simple;
    }
    if !matches!(ShaderVersion::get(gl), ShaderVersion::Gl140 | ShaderVersion::Es300) {
        return Drawing::Simple;
    }
    for kind in Kind::all() {
        match program(gl, kind) {
            // SAFETY: the context is current, and the program is its own.
            Ok(program) => unsafe { gl.delete_program(program) },
            Err(why) => {
                tracing::warn!("videos are drawn in a simpler way: {why}");
                return Drawing::Simple;
            }
        }
    }
    // SAFETY: the context is current.
    let name = unsafe { gl.get_parameter_string(glow::RENDERER) }.to_lowercase();
    let drawing = match told.as_str() {
        "card" => Drawing::Card,
        "processor" => Drawing::Processor,
        _ if PROCESSORS.iter().any(|known| name.contains(known)) => Drawing::Processor,
        _ => Drawing::Card,
    };
    tracing::debug!(name, ?drawing, "videos are drawn");
    drawing
}

fn program(gl: &glow::Context, kind: Kind) -> Result<glow::Program, String> {
    let version = ShaderVersion::get(gl);
    let precision = if version == ShaderVersion::Es300 { "precision highp float;\n" } else { "" };
    let head = format!("{}{precision}{}", version.version_declaration(), kind.switches());
    // SAFETY: the context is current; everything that is named was made by it just now.
    unsafe {
        let program = gl.create_program()?;
        let mut shaders = Vec::new();
        let mut fault = None;
        for (stage, text) in [(glow::VERTEX_SHADER, VERTEX), (glow::FRAGMENT_SHADER, FRAGMENT)] {
            let shader = gl.create_shader(stage)?;
            gl.shader_source(shader, &format!("{head}{text}"));
            gl.compile_shader(shader);
            if !gl.get_shader_compile_status(shader) {
                fault = Some(gl.get_shader_info_log(shader));
            }
            gl.attach_shader(program, shader);
            shaders.push(shader);
        }
        gl.link_program(program);
        if fault.is_none() && !gl.get_program_link_status(program) {
            fault = Some(gl.get_program_info_log(program));
        }
        for shader in shaders {
            gl.detach_shader(program, shader);
            gl.delete_shader(shader);
        }
        if let Some(fault) = fault {
            gl.delete_program(program);
            return Err(fault);
        }
        Ok(program)
    }
}

/// What a program is told of a picture and of where it is drawn. Matrices stand column by column.
struct Place {
    /// What a step across and a step down on the screen are in the picture.
    turn: [f32; 4],
    /// Where in the picture the upper left corner is.
    shift: [f32; 2],
    /// From a place in the brightness to one in the differences: factors, then summands.
    coarse: [f32; 4],
    /// What a pixel of the screen is in the picture, across and down.
    footprint: [f32; 4],
    zero: [f32; 3],
    tint: [f32; 9],
    /// Values that make a pixel, across and down.
    taps: i32,
}

impl Place {
    /// Of a picture whose pixels are so much `smaller` than those of the screen, of which it covers so many across and down.
    fn of(frame: &Frame, smaller: f32, (across, down): (i32, i32)) -> Self {
        let planes = if let Form::Planes(planes) = &frame.form { Some(planes) } else { None };
        let turn = planes.map(|planes| planes.turn).unwrap_or_default();
        let sign = |back: bool| if back { (-1.0, 1.0) } else { (1.0, 0.0) };
        let ((x, from_x), (y, from_y)) = (sign(turn.mirrored), sign(turn.upside_down));
        let (turned, shift) =
            if turn.swapped { ([0.0, x, y, 0.0], [from_y, from_x]) } else { ([x, 0.0, 0.0, y], [from_x, from_y]) };
        #[expect(clippy::cast_precision_loss, reason = "pixels of a screen")]
        let (wide, high) = (across.max(1) as f32, down.max(1) as f32);
        let footprint = [turned[0] / wide, turned[1] / wide, turned[2] / high, turned[3] / high];
        let [(coarse_x, begin_x), (coarse_y, begin_y)] = planes.map_or([(1.0, 0.0); 2], |planes| planes.coarse_place());
        #[expect(clippy::cast_possible_truncation, reason = "a small number")]
        let taps = (smaller / SEVERAL_FROM).ceil().clamp(1.0, f32::from(MAX_TAPS)) as i32;
        let (zero, tint) = planes.map_or(([0.0; 3], [0.0; 9]), |planes| {
            let tint = planes.tint;
            let luma = [tint.luma; 3];
            let first = [0.0, tint.green.0, tint.blue];
            let second = [tint.red, tint.green.1, 0.0];
            // The other way round where the second of a pair comes first.
            let columns =
                if planes.paired == Some(Order::RedBlue) { [luma, second, first] } else { [luma, first, second] };
            let mut tints = [0.0; 9];
            for (to, from) in tints.iter_mut().zip(columns.as_flattened()) {
                *to = *from;
            }
            (tint.zero, tints)
        });
        Self { turn: turned, shift, coarse: [coarse_x, coarse_y, begin_x, begin_y], footprint, zero, tint, taps }
    }
}

/// A texture and what fits into it.
struct Sheet {
    texture: glow::Texture,
    /// Bytes of a value, values across and down.
    shape: (usize, (usize, usize)),
}

/// Where a picture lies, in pixels of the window; parts of it may lie outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnScreen {
    /// Left edge.
    pub left: i32,
    /// Upper edge.
    pub top: i32,
    /// After the last pixel across.
    pub right: i32,
    /// After the last pixel down.
    pub bottom: i32,
}

impl OnScreen {
    fn size(self) -> (i32, i32) {
        (self.right - self.left, self.bottom - self.top)
    }

    /// As much of it as lies in a window of this size; `None` where nothing does.
    fn within(self, [width, height]: [u32; 2]) -> Option<Self> {
        let limit = |size: u32| i32::try_from(size).unwrap_or(i32::MAX);
        let (left, top) = (self.left.max(0), self.top.max(0));
        let (right, bottom) = (self.right.min(limit(width)), self.bottom.min(limit(height)));
        (left < right && top < bottom).then_some(Self { left, top, right, bottom })
    }

    /// Where a part of it begins and ends, from 0 to 1: left, top, right, bottom.
    fn part(self, seen: Self) -> [f32; 4] {
        #[expect(clippy::cast_precision_loss, reason = "pixels of a screen")]
        let along = |at: i32, from: i32, until: i32| (at - from) as f32 / (until - from).max(1) as f32;
        let across = |at: i32| along(at, self.left, self.right);
        let down = |at: i32| along(at, self.top, self.bottom);
        [across(seen.left), down(seen.top), across(seen.right), down(seen.bottom)]
    }
}

/// What lies on the graphics card for one place in a window. Used on the thread that draws, while the context is current.
#[derive(Default)]
pub struct Card {
    gl: Option<Arc<glow::Context>>,
    programs: Vec<(Kind, glow::Program)>,
    /// Drawing needs one, also where there is nothing in it.
    vertices: Option<glow::VertexArray>,
    sheets: Vec<Sheet>,
    /// What is in the sheets.
    holds: Weak<Frame>,
}

impl Card {
    /// Draws a picture where it lies in a window of so many pixels across and down.
    pub fn draw(
        &mut self,
        gl: &Arc<glow::Context>,
        frame: &Arc<Frame>,
        sharp: bool,
        on_screen: OnScreen,
        window: [u32; 2],
    ) {
        let Some(seen) = on_screen.within(window) else { return };
        let (across, down) = on_screen.size();
        self.gl.get_or_insert_with(|| Arc::clone(gl));
        if !Weak::ptr_eq(&self.holds, &Arc::downgrade(frame)) {
            if let Err(why) = self.upload(gl, frame) {
                tracing::error!("the picture of a video cannot be drawn: {why}");
                return;
            }
            self.holds = Arc::downgrade(frame);
        }
        #[expect(clippy::cast_precision_loss, reason = "pixels of a screen and of a video")]
        let ratio = |pixels: u32, on_screen: i32| pixels as f32 / on_screen.max(1) as f32;
        let smaller = ratio(frame.width, across).max(ratio(frame.height, down));
        let kind = Kind::of(&frame.form, smaller > SEVERAL_FROM);
        let program = match self.program(gl, kind) {
            Ok(program) => program,
            Err(why) => {
                tracing::error!("the picture of a video cannot be drawn: {why}");
                return;
            }
        };
        let place = Place::of(frame, smaller, (across, down));
        let (width, height) = seen.size();
        // SAFETY: the context is current.
        unsafe {
            let above = i32::try_from(window[1]).unwrap_or(seen.bottom) - seen.bottom;
            gl.viewport(seen.left, above, width, height);
            gl.use_program(Some(program));
            let [left, top, right, bottom] = on_screen.part(seen);
            gl.uniform_4_f32(gl.get_uniform_location(program, "part").as_ref(), left, top, right, bottom);
        }
        self.paint(gl, program, &place, sharp);
    }

    fn program(&mut self, gl: &glow::Context, kind: Kind) -> Result<glow::Program, String> {
        if let Some((_, program)) = self.programs.iter().find(|(known, _)| *known == kind) {
            return Ok(*program);
        }
        let program = program(gl, kind)?;
        self.programs.push((kind, program));
        Ok(program)
    }

    /// Puts the sheets of a picture into textures.
    fn upload(&mut self, gl: &glow::Context, frame: &Frame) -> Result<(), String> {
        for (at, (each, (across, down), bytes)) in frame.sheets().enumerate() {
            let size = |length: usize| i32::try_from(length).map_err(|_huge| "it is too large".to_owned());
            let (width, height) = (size(across)?, size(down)?);
            let shape = (each, (across, down));
            let (inside, format) = match each {
                4 => (glow::RGBA8, glow::RGBA),
                2 => (glow::RG8, glow::RG),
                _ => (glow::R8, glow::RED),
            };
            // SAFETY: the context is current, the textures are its own, and the sheet has as many bytes as its shape says.
            unsafe {
                let fits = self.sheets.get(at).is_some_and(|sheet| sheet.shape == shape);
                if !fits {
                    let texture = gl.create_texture()?;
                    gl.bind_texture(glow::TEXTURE_2D, Some(texture));
                    for side in [glow::TEXTURE_WRAP_S, glow::TEXTURE_WRAP_T] {
                        gl.tex_parameter_i32(glow::TEXTURE_2D, side, glow::CLAMP_TO_EDGE.cast_signed());
                    }
                    filter(gl, glow::LINEAR);
                    let none = glow::PixelUnpackData::Slice(None);
                    let (inside, kind) = (inside.cast_signed(), glow::UNSIGNED_BYTE);
                    gl.tex_image_2d(glow::TEXTURE_2D, 0, inside, width, height, 0, format, kind, none);
                    for old in self.sheets.drain(at..) {
                        gl.delete_texture(old.texture);
                    }
                    self.sheets.push(Sheet { texture, shape });
                }
                gl.bind_texture(glow::TEXTURE_2D, self.sheets.get(at).map(|sheet| sheet.texture));
                gl.pixel_store_i32(glow::UNPACK_ALIGNMENT, 1);
                let pixels = glow::PixelUnpackData::Slice(Some(bytes));
                gl.tex_sub_image_2d(glow::TEXTURE_2D, 0, 0, 0, width, height, format, glow::UNSIGNED_BYTE, pixels);
            }
        }
        Ok(())
    }

    fn paint(&mut self, gl: &glow::Context, program: glow::Program, place: &Place, sharp: bool) {
        // SAFETY: the context is current, and everything that is named is its own. What is changed here, whoever draws the rest of the
        // window sets again after a callback; active texture and filters are put back.
        unsafe {
            if self.vertices.is_none() {
                self.vertices = gl.create_vertex_array().ok();
            }
            gl.bind_vertex_array(self.vertices);
            gl.use_program(Some(program));
            gl.disable(glow::BLEND);
            let at = |name: &str| gl.get_uniform_location(program, name);
            gl.uniform_matrix_2_f32_slice(at("turn").as_ref(), false, &place.turn);
            gl.uniform_2_f32_slice(at("shift").as_ref(), &place.shift);
            gl.uniform_4_f32_slice(at("coarse").as_ref(), &place.coarse);
            gl.uniform_3_f32_slice(at("zero").as_ref(), &place.zero);
            gl.uniform_matrix_3_f32_slice(at("tint").as_ref(), false, &place.tint);
            gl.uniform_4_f32_slice(at("footprint").as_ref(), &place.footprint);
            gl.uniform_2_f32_slice(at("ratio").as_ref(), &place.coarse[..2]);
            gl.uniform_1_i32(at("taps").as_ref(), place.taps);
            for ((unit, name), sheet) in (0..).zip(["luma", "first", "second"]).zip(&self.sheets) {
                gl.active_texture(glow::TEXTURE0 + unit);
                gl.bind_texture(glow::TEXTURE_2D, Some(sheet.texture));
                if unit == 0 {
                    filter(gl, if sharp { glow::NEAREST } else { glow::LINEAR });
                }
                gl.uniform_1_i32(at(name).as_ref(), unit.cast_signed());
            }
            gl.draw_arrays(glow::TRIANGLE_STRIP, 0, 4);
            gl.active_texture(glow::TEXTURE0);
            gl.bind_vertex_array(None);
        }
    }

    /// Nothing moves any more: the memory is given back. The context is current while a window is thought about.
    pub fn forget(&mut self) {
        let Some(gl) = self.gl.take() else { return };
        // SAFETY: the context is current, and everything that is named is its own.
        unsafe {
            for sheet in self.sheets.drain(..) {
                gl.delete_texture(sheet.texture);
            }
            for (_, program) in self.programs.drain(..) {
                gl.delete_program(program);
            }
            if let Some(vertices) = self.vertices.take() {
                gl.delete_vertex_array(vertices);
            }
        }
        self.holds = Weak::new();
    }
}

/// How the texture that is bound is looked up between its values.
///
/// # Safety
/// The context is current.
unsafe fn filter(gl: &glow::Context, how: u32) {
    // SAFETY: the caller says so.
    unsafe {
        for size in [glow::TEXTURE_MIN_FILTER, glow::TEXTURE_MAG_FILTER] {
            gl.tex_parameter_i32(glow::TEXTURE_2D, size, how.cast_signed());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_picture_that_sticks_out_the_part_in_the_window_is_drawn() {
        let whole = OnScreen { left: -100, top: 50, right: 300, bottom: 250 };
        let seen = whole.within([200, 100]).expect("a part of it");
        assert_eq!(seen, OnScreen { left: 0, top: 50, right: 200, bottom: 100 });
        assert_eq!(whole.part(seen), [0.25, 0.0, 0.75, 0.25]);
        assert_eq!(whole.part(whole), [0.0, 0.0, 1.0, 1.0]);
        assert_eq!(whole.within([200, 50]), None);
    }
}
